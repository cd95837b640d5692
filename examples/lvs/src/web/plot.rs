//! The courses of a service's servers as a drawing. Pure.

use maud::{Markup, html};

use super::samples::{Course, EVERY, MOST};

/// The drawing's own units: a sample wide, and from the top. It is stretched to its place; the
/// text beside it is not.
const WIDTH: usize = MOST - 1;
const HEIGHT: f64 = 100.0;

/// How many colours there are; further lines begin anew, dashed.
const COLOURS: usize = 8;

/// The courses as lines over time, newest at the right, each with its name below.
pub(super) fn plot(title: &str, courses: &[(String, Course)]) -> Markup {
    let highest = courses.iter().flat_map(|(_, course)| &course.active);
    let highest = ceiling(highest.flatten().copied().max().unwrap_or(0));
    let minutes = WIDTH as f64 * EVERY.as_secs_f64() / 60.0;
    html! {
        figure.plot {
            div.chart {
                div.values aria-hidden="true" {
                    @for value in [highest, highest / 2, 0] { span { (value) } }
                }
                svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="img" aria-label={ "Active connections of " (title) " over the last " (minutes) " minutes" } {
                    @for y in [0.0, HEIGHT / 2.0, HEIGHT] {
                        line.grid x1="0" x2=(WIDTH) y1=(y) y2=(y) {}
                    }
                    @for (index, (_, course)) in courses.iter().enumerate() {
                        @for line in lines(course, highest) {
                            polyline class=(colour(index)) points=(line) {}
                        }
                    }
                }
                div.times aria-hidden="true" { span { "−" (minutes) " min" } span { "now" } }
            }
            figcaption {
                @for (index, (name, course)) in courses.iter().enumerate() {
                    span.key {
                        svg viewBox="0 0 24 8" aria-hidden="true" {
                            line class=(colour(index)) x1="0" x2="24" y1="4" y2="4" {}
                        }
                        (name) " "
                        b { @match course.active.last().copied().flatten() {
                            Some(now) => (now),
                            None => "–",
                        } }
                    }
                }
            }
        }
    }
}

fn colour(index: usize) -> String {
    let dashed = if index >= COLOURS { " dashed" } else { "" };
    format!("course c{}{dashed}", index % COLOURS)
}

/// An even number above, so that the half of it is a whole one.
fn ceiling(highest: u32) -> u32 {
    let mut step: u32 = 2;
    loop {
        for factor in [1, 2, 5] {
            let bound = step.saturating_mul(factor);
            if bound >= highest {
                return bound;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The points of each stretch of a course that has no gap. A lone point is a short line.
fn lines(course: &Course, highest: u32) -> Vec<String> {
    let missing = MOST.saturating_sub(course.active.len());
    let point = |index: usize, value: u32| {
        let part = f64::from(value) / f64::from(highest.max(1));
        ((missing + index) as f64, HEIGHT * (1.0 - part))
    };
    let numbered: Vec<(usize, Option<u32>)> = course.active.iter().copied().enumerate().collect();
    let stretches = numbered.split(|(_, value)| value.is_none());
    let stretches = stretches.filter(|stretch| !stretch.is_empty());
    stretches
        .map(|stretch| {
            let mut points: Vec<(f64, f64)> = stretch
                .iter()
                .filter_map(|(index, value)| value.map(|value| point(*index, value)))
                .collect();
            if let [(x, y)] = points.as_slice() {
                points.insert(0, (x - 0.5, *y));
            }
            let spelled: Vec<String> = points
                .iter()
                .map(|(x, y)| format!("{x:.1},{y:.1}"))
                .collect();
            spelled.join(" ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(active: Vec<Option<u32>>) -> Course {
        let dest = "10.0.3.100:8080".parse().unwrap();
        Course { dest, active }
    }

    #[test]
    fn the_scale_is_even_and_above_all() {
        for (highest, bound) in [
            (0, 2),
            (2, 2),
            (3, 4),
            (5, 10),
            (11, 20),
            (21, 40),
            (99, 100),
        ] {
            assert_eq!(ceiling(highest), bound);
        }
        assert_eq!(ceiling(u32::MAX), u32::MAX);
    }

    #[test]
    fn a_gap_parts_the_line_and_now_is_at_the_right() {
        let lines = lines(&course(vec![Some(0), Some(2), None, Some(2)]), 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].ends_with(",0.0"), "{lines:?}");
        assert!(lines[1].ends_with("119.5,0.0 120.0,0.0"), "{lines:?}");
    }

    #[test]
    fn names_are_escaped() {
        let drawn = plot("a", &[("<b>".into(), course(vec![Some(1)]))]).into_string();
        assert!(drawn.contains("&lt;b&gt;"), "{drawn}");
        assert!(!drawn.contains("<b>&"), "{drawn}");
    }
}
