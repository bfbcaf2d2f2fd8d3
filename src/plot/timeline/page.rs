//! The page of the timeline: title, time axis, and the frame of each panel. Knows no series.

use indexmap::IndexSet;

use crate::analysis::Summary;
use crate::plot::actions::{self, Action, actions};
use crate::plot::axis::{ENLARGED, TimeAxis};
use crate::plot::figure::Figure;
use crate::plot::font::{Weight, fit, width, wrap};
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::labels::{Flag, arrange};
use crate::plot::scene::{Anchor, Scene, Text};
use crate::plot::theme::{self, Look};
use crate::plot::{headline, words};
use crate::record::Record;

/// Space to the left of the panels, for the values.
pub(in crate::plot) const LEFT: f64 = 104.0;
/// Space to the right of the panels, for the names of the lines.
const RIGHT: f64 = 226.0;
/// Height of a row of flags above the first panel.
const FLAG: f64 = 25.0;

/// The page while it is drawn, from top to bottom.
#[derive(Debug)]
pub(in crate::plot) struct Page<'a> {
    /// What happened.
    pub(in crate::plot) record: &'a Record,
    /// What it means.
    pub(in crate::plot) summary: &'a Summary,
    /// What is drawn.
    pub(in crate::plot) scene: Scene,
    /// From time to place.
    pub(in crate::plot) axis: TimeAxis,
    /// Where the next thing goes.
    pub(in crate::plot) y: f64,
    /// Who has a look of their own, in the order they got it.
    names: IndexSet<&'a str>,
    /// What was done about it, numbered.
    pub(in crate::plot) actions: (Vec<Action>, usize),
    /// Places marked through all panels.
    marks: Vec<f64>,
    /// Flags that wait for the first panel.
    flags: Vec<Flag>,
    /// Whether there is a panel yet.
    begun: bool,
}

/// A panel.
#[derive(Clone, Copy, Debug)]
pub(in crate::plot) struct Panel {
    /// Where it is.
    pub(in crate::plot) rect: Rect,
    /// The value at its top; zero is at its bottom.
    pub(in crate::plot) top_value: f64,
}

impl Panel {
    /// The height of a value; values beyond the panel are put on its edge.
    pub(in crate::plot) fn y(&self, value: f64) -> f64 {
        let share = (value / self.top_value).clamp(0.0, 1.0);
        self.rect.bottom - share * self.rect.height()
    }
}

impl<'a> Page<'a> {
    /// A page with its title, its time axis and its flags; `left` is the space for what stands beside the panels.
    pub(in crate::plot) fn new(
        record: &'a Record,
        summary: &'a Summary,
        title: String,
        reason: &str,
        left: f64,
    ) -> Self {
        let description = format!("{reason} {}", headline::identity(record));
        let mut scene = Scene::new(title, description.trim().to_owned());
        let y = title_block(&mut scene, reason, &headline::identity(record));
        let axis = axis(record, summary, left);
        let monitors = record.actual.monitors.values().map(|monitor| monitor.of.as_str());
        let classes = record.topology.classes.iter().map(|class| class.name.as_str());
        let names = monitors.chain(classes).filter(|name| !name.is_empty()).collect();
        let mut page = Self {
            record,
            summary,
            scene,
            axis,
            y,
            names,
            actions: actions(record),
            marks: Vec::new(),
            flags: Vec::new(),
            begun: false,
        };
        page.collect_flags();
        if page.axis.enlarged().is_some() {
            page.scale_bar();
        }
        page
    }

    /// How everything about a class, a service or a caller is drawn, in all panels.
    pub(in crate::plot) fn look(&mut self, name: &'a str) -> Look {
        theme::look(self.names.insert_full(name).0)
    }

    /// What stands on stems above the first panel: the fault, if it is one, and when alerts fired first.
    fn collect_flags(&mut self) {
        let mut flags = Vec::new();
        if let [fault] = self.record.faults.as_slice() {
            let words = words::capitalized(&headline::fault(fault));
            flags.push(Flag {
                x: self.axis.x(fault.from_s),
                words,
                color: theme::look(4).words,
                marker: None,
                row: 0,
            });
        }
        let firings = first_firings(self.record, &self.axis);
        for (at_s, who) in &firings {
            let when = self.record.start.map_or_else(|| words::instant(*at_s), |s| words::clock(s, *at_s));
            let alert = if who.len() == 1 { "alert" } else { "alerts" };
            let words = format!("{when} {alert}: {}", who.join(", "));
            flags.push(Flag { x: self.axis.x(*at_s), words, color: theme::INK, marker: None, row: 0 });
        }
        self.marks = firings.iter().map(|(at_s, _)| self.axis.x(*at_s)).collect();
        self.flags = arrange(flags, self.scene.width - 8.0, 3);
    }

    /// Draws the flags on top of the first panel, which begins below them.
    fn raise_flags(&mut self) {
        let flags = std::mem::take(&mut self.flags);
        let rows = flags.iter().map(|flag| flag.row + 1).max().unwrap_or(0);
        self.y += FLAG * rows as f64;
        for flag in &flags {
            let baseline = self.y - FLAG * flag.row as f64 - 8.0;
            let stem = vec![at(flag.x, baseline - theme::TEXT * 0.8), at(flag.x, self.y)];
            self.scene.line(stem, 1.6, flag.color);
            let text = Text::new(at(flag.x + 8.0, baseline), flag.words.clone());
            self.scene.text(text.bold().color(flag.color));
        }
    }

    /// A bar above the panels that says where the scale changes.
    fn scale_bar(&mut self) {
        const BAR: f64 = 24.0;
        let Some((enlarged, times)) = self.axis.enlarged() else { return };
        for stretch in self.axis.stretches().to_vec() {
            let rect = Rect::new(stretch.left, self.y, stretch.right - stretch.left, BAR);
            let lasted = words::length(stretch.to_s - stretch.from_s);
            let side = if stretch.from_s < enlarged.from_s { "before" } else { "after" };
            let (ground, words, short) = if stretch == enlarged {
                let times = words::factor(times);
                let from = words::instant(stretch.from_s);
                let which = if stretch.from_s > 0.0 {
                    format!("{lasted} from {from}")
                } else {
                    format!("first {lasted}")
                };
                (theme::GRID, format!("{which}, enlarged {times}"), format!("enlarged {times}"))
            } else {
                (theme::WASH, format!("the {lasted} {side}"), side.to_owned())
            };
            let inset = Rect { left: rect.left + 1.0, right: rect.right - 1.0, ..rect };
            self.scene.area(inset.rounded(4.0), ground, 1.0);
            let fits = |words: &String| width(words, theme::TEXT, Weight::Regular) <= inset.width() - 12.0;
            let words = [words, short].into_iter().find(fits).unwrap_or_default();
            let middle = at(rect.center().x, rect.bottom - 6.5);
            self.scene.text(Text::new(middle, words).color(theme::MUTED).anchor(Anchor::Middle));
        }
        self.y += BAR + 10.0;
    }

    /// A panel with heading, fault bands, grid and values; `ticks` are (value, label) from zero upwards.
    pub(in crate::plot) fn panel(
        &mut self,
        heading: &str,
        unit: &str,
        height: f64,
        top_value: f64,
        ticks: &[(f64, String)],
    ) -> Panel {
        self.y += if self.begun { 54.0 } else { 28.0 };
        self.begun = true;
        let baseline = self.y - 9.0;
        let title = Text::new(at(self.axis.left(), baseline), heading).size(theme::HEADING).bold();
        let after = self.axis.left() + title.width() + 8.0;
        self.scene.text(title);
        let room = self.scene.width - theme::EDGE - after;
        let unit = fit(unit, theme::TEXT, Weight::Regular, room);
        self.scene.text(Text::new(at(after, baseline), unit).color(theme::MUTED));
        self.raise_flags();
        let rect = Rect::new(self.axis.left(), self.y, self.axis.right() - self.axis.left(), height);
        let panel = Panel { rect, top_value };
        self.ground(rect);
        for (value, label) in ticks {
            let y = panel.y(*value);
            let color = if *value == 0.0 { theme::AXIS } else { theme::GRID };
            self.scene.line(vec![at(rect.left, y), at(rect.right, y)], theme::HAIR, color);
            let place = at(rect.left - 10.0, y + theme::TEXT * 0.36);
            self.scene.text(Text::new(place, label.clone()).color(theme::MUTED).anchor(Anchor::End));
        }
        self.y = rect.bottom;
        panel
    }

    /// What lies behind a panel: fault bands, changes of scale, alerts.
    pub(in crate::plot) fn ground(&mut self, rect: Rect) {
        for fault in &self.record.faults {
            let left = self.axis.x(fault.from_s);
            let right = self.axis.x(fault.to_s.unwrap_or(self.record.simulated_s)).max(left + 2.5);
            let band = Rect { left, right: right.min(rect.right.max(left + 1.0)), ..rect };
            self.scene.area(band.corners(), theme::BAND, theme::BAND_OPACITY);
        }
        for tick in self.axis.ticks().iter().filter(|tick| tick.label.is_some()) {
            self.scene.line(vec![at(tick.x, rect.top), at(tick.x, rect.bottom)], theme::HAIR, theme::GRID);
        }
        for stretch in self.axis.stretches().iter().skip(1) {
            let line = [at(stretch.left, rect.top), at(stretch.left, rect.bottom)];
            self.scene.dashed(&line, 1.4, theme::AXIS, &[2.0, 4.0]);
        }
        for x in &self.marks {
            self.scene.line(vec![at(*x, rect.top), at(*x, rect.bottom)], 1.0, theme::AXIS);
        }
        for restart in self.actions.0.iter().filter(|action| action.restart) {
            let x = self.axis.x(restart.at_s);
            self.scene.line(vec![at(x, rect.top), at(x, rect.bottom)], 1.8, theme::RESTART);
        }
    }

    /// What lies over rows of cells, which hide the ground: begin and end of faults, restarts.
    pub(in crate::plot) fn over(&mut self, rect: Rect) {
        let faults = self.record.faults.iter();
        for at_s in faults.flat_map(|fault| [Some(fault.from_s), fault.to_s]).flatten() {
            let x = self.axis.x(at_s);
            self.scene.dashed(&[at(x, rect.top), at(x, rect.bottom)], 2.0, theme::ORANGE, &[5.0, 4.0]);
        }
        for x in &self.marks {
            self.scene.dashed(&[at(*x, rect.top), at(*x, rect.bottom)], 1.6, theme::INK, &[2.0, 3.0]);
        }
        for restart in self.actions.0.iter().filter(|action| action.restart) {
            let x = self.axis.x(restart.at_s);
            self.scene.line(vec![at(x, rect.top), at(x, rect.bottom)], 1.8, theme::RESTART);
        }
    }

    /// The time axis below the panels.
    pub(in crate::plot) fn time_axis(&mut self) {
        let y = self.y;
        let line = vec![at(self.axis.left(), y), at(self.axis.right(), y)];
        self.scene.line(line, theme::HAIR, theme::AXIS);
        for tick in self.axis.ticks() {
            let length = if tick.label.is_some() { 8.0 } else { 4.0 };
            self.scene.line(vec![at(tick.x, y), at(tick.x, y + length)], theme::HAIR, theme::AXIS);
            let Some(label) = tick.label else { continue };
            self.scene.text(Text::new(at(tick.x, y + 26.0), label).anchor(Anchor::Middle));
            if let Some(start) = self.record.start {
                let clock = Text::new(at(tick.x, y + 47.0), words::clock(start, tick.at_s));
                self.scene.text(clock.color(theme::MUTED).anchor(Anchor::Middle));
            }
        }
        let right = self.scene.width - theme::EDGE;
        let name =
            |y: f64, words: &str| Text::new(at(right, y), words).color(theme::MUTED).anchor(Anchor::End);
        self.scene.text(name(y + 26.0, "time"));
        self.y += 26.0;
        if self.record.start.is_some() {
            self.scene.text(name(y + 47.0, "wall clock"));
            self.y += 21.0;
        }
    }

    /// The list of actions below everything, and the finished picture.
    pub(in crate::plot) fn finish(mut self) -> Figure {
        if !self.actions.0.is_empty() {
            self.y = actions::list(&mut self.scene, self.record, &self.actions, self.y + 22.0);
        }
        self.scene.height = self.y + 20.0;
        Figure::new(self.scene)
    }
}

/// The time axis of a page; `left` is the space for what stands beside the panels.
pub(in crate::plot) fn axis(record: &Record, summary: &Summary, left: f64) -> TimeAxis {
    TimeAxis::new(record.simulated_s, focus(record, summary), left, theme::WIDTH - RIGHT)
}

/// Title, reason and identity; returns where the next thing goes.
pub(crate) fn title_block(scene: &mut Scene, reason: &str, identity: &str) -> f64 {
    let room = scene.width - 2.0 * theme::EDGE;
    let mut y = theme::EDGE + 4.0;
    let lines = |words: &str, size: f64, weight| wrap(words, size, weight, room, 2);
    for line in lines(&scene.title.clone(), theme::TITLE, Weight::Bold) {
        y += 24.0;
        scene.text(Text::new(at(theme::EDGE, y), line).size(theme::TITLE).bold());
        y += 12.0;
    }
    for line in lines(reason, theme::HEADING, Weight::Regular) {
        y += 18.0;
        scene.text(Text::new(at(theme::EDGE, y), line).size(theme::HEADING));
        y += 6.0;
    }
    for line in lines(identity, theme::TEXT, Weight::Regular) {
        y += 17.0;
        scene.text(Text::new(at(theme::EDGE, y), line).color(theme::MUTED));
        y += 5.0;
    }
    y + 22.0
}

/// The period to look at closely: from the first fault until it was over, noticed and had spread.
fn focus(record: &Record, summary: &Summary) -> Option<(f64, f64)> {
    let first = record.faults.iter().min_by(|a, b| a.from_s.total_cmp(&b.from_s))?;
    let from = first.from_s;
    let alerts = record.actual.monitors.values().flat_map(|monitor| &monitor.alerts);
    let noticed = alerts.map(|alert| alert.0).filter(|at| *at >= from).min_by(f64::total_cmp);
    let spread =
        summary.propagation.iter().map(|impact| impact.at_s).filter(|at| noticed.is_none_or(|n| *at <= n));
    let last = spread.chain(first.to_s).chain(noticed).fold(from, f64::max);
    // With people in it, until their first restart has shown what it does, if that is early enough to be enlarged.
    let restart = summary.waves.first().map(|wave| wave.restart_s);
    let of_restart = summary.waves.iter().filter(|wave| Some(wave.restart_s) == restart);
    let second = of_restart.map(|wave| wave.at_s).fold(from, f64::max);
    let whole = libm::ceil((second - from) * 1.05 / 30.0) * 30.0;
    if second > last && whole < ENLARGED * record.simulated_s {
        return Some((from, from + whole));
    }
    // Fewer windows than this, and enlarging them shows nothing new.
    let least = 10.0 * record.actual.window_s;
    let length = ((last - from) * 2.5).max(least);
    let round = crate::plot::axis::time_step_within(length / 6.0);
    let begin = (libm::floor((from - length * 0.1) / round) * round).max(0.0);
    (last > from).then(|| (begin, begin + crate::plot::axis::focus_length(from + length - begin)))
}

/// The first firing of each alert, those at one place together.
fn first_firings<'a>(record: &'a Record, axis: &TimeAxis) -> Vec<(f64, Vec<&'a str>)> {
    let firing = |(name, monitor): (&'a String, &'a crate::record::MonitorTrack)| {
        let first = monitor.alerts.first().filter(|alert| alert.0 <= record.simulated_s)?;
        Some((first.0, name.as_str()))
    };
    let mut all: Vec<(f64, &str)> = record.actual.monitors.iter().filter_map(firing).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut groups: Vec<(f64, Vec<&str>)> = Vec::new();
    for (at_s, name) in all {
        match groups.last_mut() {
            Some((first, names)) if axis.x(at_s) - axis.x(*first) < 4.0 => names.push(name),
            _ => groups.push((at_s, vec![name])),
        }
    }
    groups
}

/// A line through values at instants, in a panel.
pub(in crate::plot) fn through(
    axis: &TimeAxis,
    panel: Panel,
    values: impl Iterator<Item = (f64, f64)>,
) -> Vec<Point> {
    let line: Vec<Point> = values.map(|(at_s, value)| at(axis.x(at_s), panel.y(value))).collect();
    crate::plot::series::thinned(&line)
}
