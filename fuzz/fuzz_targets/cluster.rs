#![cfg_attr(fuzzing, no_main)]
ipvs_fuzz::target!(cluster);
