//! Two machines, the network between them, and a clock that only the test moves.

mod properties;
mod world;
