//! What the screen and a pipe show of a fake kernel.

use ipvs_core::fake::Kernel;
use ipvs_core::rules::NoNames;
use ipvs_core::{Dest, ForwardMethod, Service};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::config;
use crate::config::tests::HAR300;
use crate::observe::Trouble;
use crate::status::{Health, Pulse, State};

fn seen(connections: u32) -> Look {
    let kernel = Kernel::new();
    let client = kernel.client().unwrap();
    let web = Service::new("tcp 10.0.2.100:80".parse().unwrap());
    client.add_service(&web).unwrap();
    for last in [100, 150] {
        let server = Dest::new([10, 0, 3, last], 8080, ForwardMethod::MASQUERADE);
        client.add_dest(&web.key, &server).unwrap();
        let active = if last == 150 { connections } else { 1 };
        let set = kernel
            .initial()
            .set_dest_connections(&web.key, &server.key, active, 2, 0);
        set.unwrap();
    }
    let pulse = Pulse {
        pid: 1,
        role: "MASTER".into(),
        active: true,
        since: 40,
        heard: Some(99),
        lvsd: None,
        refused: None,
    };
    let config = config::parse(HAR300.as_bytes(), &NoNames).unwrap().config;
    let table = client.snapshot().map_err(|error| error.to_string());
    Look {
        picture: Picture::new(100, &config, table, Err(Trouble::Absent), Ok(pulse)),
        trouble: None,
    }
}

fn screen(view: &View, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, view)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y: u16| {
        (0..width)
            .map(|x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    (0..height).map(|y| line(y).trim_end().to_owned()).collect()
}

#[test]
fn a_pipe_gets_all_of_it_in_eighty_columns() {
    let text = plain(&seen(7));
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    for part in [
        "pulse  MASTER active for 60 s, partner heard 1 s ago\n",
        "lvsd   stopped\n",
        "LVS_NAT  tcp 10.0.2.100:80  wlc  8 active  0 conn/s  in 0 out 0 B/s\n",
        "-     serveur2     10.0.3.150:8080       nat       1     7     2      0       0\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_screen_of_any_size_is_drawn() {
    let mut view = View::new(seen(7), 2);
    view.look(seen(0));
    let lines = screen(&view, 110, 24);
    assert!(lines[0].starts_with("● pulse  MASTER active"), "{lines:#?}");
    assert!(lines[3].contains("SERVER"), "{lines:#?}");
    assert!(lines[4].starts_with("LVS_NAT"), "{lines:#?}");
    assert!(
        lines[6].contains("serveur2") && lines[6].ends_with("█▁"),
        "{lines:#?}"
    );
    assert!(lines[23].contains("q quit"), "{lines:#?}");
    let narrow = screen(&view, 80, 24);
    assert!(
        narrow[6].contains("10.0.3.150:8080") && narrow[6].ends_with("█▁"),
        "{narrow:#?}"
    );
    for (width, height) in [(1, 1), (20, 3), (300, 2), (80, 5)] {
        screen(&view, width, height);
    }
}

#[test]
fn keys_sort_scroll_and_set_the_pace() {
    let mut view = View::new(seen(7), 2);
    let none = KeyModifiers::NONE;
    let order = |view: &View| {
        let lines = screen(view, 100, 10);
        lines
            .iter()
            .position(|line| line.contains("serveur2"))
            .unwrap()
    };
    assert_eq!(order(&view), 6);
    assert_eq!(view.press(KeyCode::Char('s'), none), Asked::Nothing);
    assert_eq!(order(&view), 5);
    view.press(KeyCode::Char('+'), none);
    assert_eq!(view.every(), Duration::from_secs(5));
    for _ in 0..9 {
        view.press(KeyCode::Char('-'), none);
    }
    assert_eq!(view.every(), Duration::from_secs(1));
    view.press(KeyCode::End, none);
    assert_eq!(view.top, 2);
    view.press(KeyCode::Up, none);
    view.press(KeyCode::PageUp, none);
    assert_eq!(view.top, 0);
    assert_eq!(view.press(KeyCode::Char(' '), none), Asked::Look);
    assert_eq!(view.press(KeyCode::Char('q'), none), Asked::End);
    assert_eq!(
        view.press(KeyCode::Char('c'), KeyModifiers::CONTROL),
        Asked::End
    );
}

#[test]
fn what_failed_is_told() {
    let mut look = seen(7);
    look.trouble = Some("/lvs.cf: line 1: no\n/lvs.cf: line 2: nor this".into());
    look.picture.table = Err("it can't be read".into());
    look.picture.pulse.as_mut().unwrap().refused = Some("line 1: no".into());
    look.picture.services[0].servers[0].health = Some(Health {
        state: State::Down,
        since: 40,
        weight: None,
        failure: Some("CONNECT to 10.0.3.100:8080 timed out".into()),
    });
    let text = plain(&look);
    for part in [
        "partner heard 1 s ago; reload refused: line 1: no\n",
        "\ntable  it can't be read\nfile   /lvs.cf: line 1: no\nfile   /lvs.cf: line 2: nor this\n",
        "0\n      CONNECT to 10.0.3.100:8080 timed out\n-     serveur2",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let lines = screen(&View::new(look, 2), 80, 24);
    assert_eq!(lines[4], "● file   /lvs.cf: line 2: nor this");
    assert!(lines[5].contains("SERVER"), "{lines:#?}");
    assert_eq!(lines[8], "      CONNECT to 10.0.3.100:8080 timed out");
}
