//! A server that leaves, over a kernel that refuses now and then.

use super::*;
use crate::{Drain, DrainStep};

/// A kernel with one dest, which refuses the changes of these places, counted from 1.
fn kernel(refuses: &'static [usize]) -> Script {
    let mut changes = 0;
    Script::new(move |request| match request.command {
        IPVS_CMD_GET_DEST => vec![Answer::Dest(server().with_weight(7)), Answer::Done(0)],
        _ => {
            changes += 1;
            if refuses.contains(&changes) {
                vec![Answer::Errno(e::ENOMEM)]
            } else {
                vec![Answer::Ack]
            }
        }
    })
}

#[test]
fn what_was_refused_can_be_tried_again() {
    let script = kernel(&[1, 3]);
    let log = script.log();
    let client = script.open().unwrap();
    let mut drain = Drain::new(web().key, server().key);
    // Nothing happened yet that could be taken back.
    drain.cancel(&client).unwrap();
    assert_eq!(drain.step(&client).unwrap_err().errno(), Some(e::ENOMEM));
    let step = drain.step(&client).unwrap();
    assert!(matches!(step, DrainStep::Waiting(_)), "{step:?}");
    assert_eq!(drain.cancel(&client).unwrap_err().errno(), Some(e::ENOMEM));
    drain.cancel(&client).unwrap();
    drain.cancel(&client).unwrap();
    assert_eq!(log.count(IPVS_CMD_SET_DEST), 4);
}

/// A kernel that quiesces the dest, and of which the answer is lost.
fn forgetful() -> Script {
    let mut changes = 0;
    Script::new(move |request| match request.command {
        IPVS_CMD_GET_DEST => {
            let weight = if changes == 0 { 7 } else { 0 };
            vec![Answer::Dest(server().with_weight(weight)), Answer::Done(0)]
        }
        _ => {
            changes += 1;
            let lost = [Answer::Fails(ReceiveError::TimedOut), Answer::Ack];
            vec![lost.into_iter().nth(changes.min(2) - 1).unwrap()]
        }
    })
}

#[test]
fn a_weight_is_given_back_after_a_step_whose_answer_was_lost() {
    for steps in [1, 2] {
        let script = forgetful();
        let log = script.log();
        let client = script.open().unwrap();
        let mut drain = Drain::new(web().key, server().key);
        let error = drain.step(&client).unwrap_err();
        assert_eq!(error.applied(), Applied::Unknown, "{error}");
        for _ in 1..steps {
            let step = drain.step(&client).unwrap();
            assert!(matches!(step, DrainStep::Waiting(_)), "{step:?}");
        }
        drain.cancel(&client).unwrap();
        // What quiesced it, and what gives it back.
        assert_eq!(log.count(IPVS_CMD_SET_DEST), 2);
        drain.cancel(&client).unwrap();
        assert_eq!(log.count(IPVS_CMD_SET_DEST), 2);
    }
}
