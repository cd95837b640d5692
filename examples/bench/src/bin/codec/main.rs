//! The codec alone: ours beside neli's and netlink-packet-core's.
//!
//! `codec CODEC CASE TIMES` does one thing so many times, for a counter of instructions to
//! watch; what a message takes is the difference of two runs. `codec check` looks whether they
//! all mean the same.

mod alike;
#[path = "../../floor/flat.rs"]
mod flat;
mod neli;
mod ours;
mod packet;
mod sample;

use std::hint::black_box;
use std::process::ExitCode;

use sample::Sample;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let sample = Sample::new();
    let done = match words[..] {
        ["check"] => alike::check(&sample),
        [codec, case, times] => times
            .parse()
            .ok()
            .and_then(|times| run(&sample, codec, case, times)),
        _ => None,
    };
    match done {
        Some(()) => ExitCode::SUCCESS,
        None => {
            eprintln!("codec {}: check, or CODEC CASE TIMES", words.join(" "));
            ExitCode::FAILURE
        }
    }
}

/// As many requests as the library sends at once.
const BATCH: u32 = 200;

fn run(sample: &Sample, codec: &str, case: &str, times: u32) -> Option<()> {
    let Sample {
        key,
        dest,
        service_reply,
        dest_reply,
        ..
    } = sample;
    let decode = |one: &dyn Fn()| (0..times).for_each(|_| one());
    match (codec, case) {
        ("ours", "encode") => {
            let mut encoder = ours::Encoder::new();
            for time in 0..times {
                if time % BATCH == 0 {
                    encoder.restart();
                }
                encoder.push(black_box(key), black_box(dest));
            }
        }
        ("neli", "encode") => decode(&|| {
            black_box(neli::encode(black_box(key), black_box(dest)));
        }),
        ("packet", "encode") => decode(&|| {
            black_box(packet::encode(black_box(key), black_box(dest)));
        }),
        ("ours", "service") => decode(&|| {
            black_box(ours::service(black_box(service_reply)));
        }),
        ("neli", "service") => decode(&|| {
            black_box(neli::service(black_box(service_reply)));
        }),
        ("packet", "service") => decode(&|| {
            black_box(packet::service(black_box(service_reply)));
        }),
        ("floor", "service") => decode(&|| {
            black_box(flat::service(black_box(behind_headers(service_reply))));
        }),
        ("floor", "dest") => decode(&|| {
            black_box(flat::dest(black_box(behind_headers(dest_reply))));
        }),
        ("ours", "dest") => decode(&|| {
            black_box(ours::dest(black_box(dest_reply)));
        }),
        ("neli", "dest") => decode(&|| {
            black_box(neli::dest(black_box(dest_reply)));
        }),
        ("packet", "dest") => decode(&|| {
            black_box(packet::dest(black_box(dest_reply)));
        }),
        _ => return None,
    }
    Some(())
}

fn behind_headers(message: &[u8]) -> &[u8] {
    message.get(20..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codecs_mean_the_same() {
        alike::check(&Sample::new()).unwrap();
    }

    #[test]
    fn every_case_runs_with_every_codec() {
        let sample = Sample::new();
        for (codec, cases) in [
            ("ours", &["encode", "service", "dest"][..]),
            ("neli", &["encode", "service", "dest"]),
            ("packet", &["encode", "service", "dest"]),
            ("floor", &["service", "dest"]),
        ] {
            for case in cases {
                run(&sample, codec, case, 2).unwrap();
            }
        }
        assert_eq!(run(&sample, "floor", "encode", 2), None);
    }
}
