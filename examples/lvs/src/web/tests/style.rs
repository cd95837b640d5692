//! What of the style can be told without a browser: whether everybody can see it.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../assets/style.css");

type Colours = BTreeMap<&'static str, &'static str>;

/// The colours of the light page, and those of the dark one.
fn themes() -> [Colours; 2] {
    let roots = STYLE.split(":root {").skip(1);
    let mut themes = roots.map(|root| {
        let pairs = root.split('}').next().unwrap().split(';');
        let pairs = pairs.filter_map(|pair| pair.trim().split_once(": "));
        pairs.collect::<Colours>()
    });
    [themes.next().unwrap(), themes.next().unwrap()]
}

/// The contrast of two colours as WCAG 2 has it, 1 to 21.
fn contrast(colours: &Colours, one: &str, other: &str) -> f64 {
    let luminance = |name: &str| {
        let digits = colours[name].trim_start_matches('#');
        let part = |at: usize| {
            let part = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn text_and_the_edges_of_inputs_are_to_be_seen() {
    for colours in themes() {
        for (one, other, least) in [
            ("--ink", "--paper", 7.0),
            ("--faint", "--card", 4.5),
            ("--faint", "--off-tint", 4.5),
            ("--accent", "--card", 4.5),
            ("--on-accent", "--accent", 4.5),
            ("--good", "--good-tint", 4.5),
            ("--bad", "--bad-tint", 4.5),
            ("--edge", "--card", 3.0),
            ("--edge", "--paper", 3.0),
        ] {
            let found = contrast(&colours, one, other);
            assert!(found >= least, "{one} on {other}: {found:.2}");
        }
    }
    let inputs = STYLE
        .lines()
        .find(|line| line.starts_with(".field input:not"));
    assert!(inputs.unwrap().contains("border: 1px solid var(--edge)"));
}

/// Where the eye meets the links in another order than the keyboard does, people get lost.
#[test]
fn nothing_is_shown_in_another_order_than_it_stands() {
    for property in [" order:", "-reverse", "grid-area", "float:"] {
        assert!(!STYLE.contains(property), "{property}");
    }
}
