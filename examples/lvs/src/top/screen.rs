//! The screen.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Cell, Paragraph, Row as Cells, Table};

use super::View;
use super::history::MOST;
use super::lines::{self, HEADS, Row, Standing, WIDTHS, check, is_number};

/// Draws what is to be seen, in whatever room there is.
pub fn draw(frame: &mut Frame<'_>, view: &View) {
    let told = lines::head(&view.look);
    let high = u16::try_from(told.len()).unwrap_or(u16::MAX).max(3);
    let [head, list, keys] = Layout::vertical([
        Constraint::Length(high),
        Constraint::Min(0),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(heading(told), head);
    draw_list(frame, view, list);
    frame.render_widget(help(view), keys);
}

fn heading(told: Vec<(Standing, &str, String)>) -> Paragraph<'static> {
    let lines = told.into_iter().map(|(standing, name, text)| {
        Line::from(vec![
            Span::from("● ").style(colour(standing)),
            Span::from(format!("{name:<6} ")).bold(),
            Span::from(text),
        ])
    });
    Paragraph::new(lines.collect::<Vec<_>>())
}

/// The list: services as headings, their servers as columns and a drawing of the last looks.
fn draw_list(frame: &mut Frame<'_>, view: &View, area: Rect) {
    let [heads, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let columns = Columns::in_room(area.width);
    let titles = HEADS.iter().enumerate();
    let titles = titles.map(|(index, head)| cell(index, (*head).to_owned()));
    let titles = columns.row(titles.collect(), Cell::from("LAST"));
    let titles = titles.style(Style::new().add_modifier(Modifier::REVERSED));
    frame.render_widget(columns.table(titles), heads);
    let rows = lines::rows(&view.look.picture, view.sort);
    for (row, place) in rows.iter().skip(view.top).zip(body.rows()) {
        match row {
            Row::Service(service) => {
                let line = Line::from(lines::service(service)).bold().cyan();
                frame.render_widget(line, place);
            }
            Row::Failure(why) => {
                let line = Line::from(lines::failure(why));
                frame.render_widget(line.style(colour(Standing::Bad)), place);
            }
            Row::Server(service, server) => {
                let (standing, _) = check(server);
                let texts = lines::columns(server).into_iter().enumerate();
                let cells = texts.map(|(index, text)| match index {
                    0 => Cell::from(text).style(colour(standing)),
                    _ => cell(index, text),
                });
                let room = usize::from(columns.drawing);
                let drawn = view.history.line(service.key, server.key, room);
                let drawn = Cell::from(drawn).style(Style::new().fg(Color::Blue));
                let row = columns.row(cells.collect(), drawn);
                frame.render_widget(columns.table(row), place);
            }
        }
    }
}

/// What a line has room for.
struct Columns {
    /// How many of the columns.
    shown: usize,
    /// How wide the drawing is.
    drawing: u16,
}

impl Columns {
    fn in_room(width: u16) -> Columns {
        let looks = u16::try_from(MOST).unwrap_or(u16::MAX);
        let needed = |shown: usize| {
            WIDTHS
                .iter()
                .take(shown)
                .map(|width| width + 1)
                .sum::<u16>()
        };
        let all = WIDTHS.len();
        let shown = if width >= needed(all) + looks {
            all
        } else {
            all - 1
        };
        let drawing = width.saturating_sub(needed(shown)).min(looks);
        Columns { shown, drawing }
    }

    fn row<'a>(&self, mut cells: Vec<Cell<'a>>, drawing: Cell<'a>) -> Cells<'a> {
        cells.truncate(self.shown);
        cells.push(drawing);
        Cells::new(cells)
    }

    fn table<'a>(&self, row: Cells<'a>) -> Table<'a> {
        let widths = WIDTHS.iter().take(self.shown).chain([&self.drawing]);
        let widths = widths.map(|width| Constraint::Length(*width));
        Table::new([row], widths).column_spacing(1)
    }
}

fn cell(column: usize, text: String) -> Cell<'static> {
    let side = if is_number(column) {
        Alignment::Right
    } else {
        Alignment::Left
    };
    Cell::from(Text::from(text).alignment(side))
}

fn help(view: &View) -> Line<'static> {
    let text = format!(
        " q quit  ↑↓ scroll  s sort: {}  +- every {} s  space now",
        view.sort.name(),
        view.every
    );
    Line::from(text).dim()
}

fn colour(standing: Standing) -> Style {
    match standing {
        Standing::Good => Style::new().fg(Color::Green),
        Standing::Bad => Style::new().fg(Color::Red).bold(),
        Standing::Open => Style::new().fg(Color::DarkGray),
    }
}
