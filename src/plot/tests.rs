//! What holds for every picture: well-formed, the same every time, nothing cut off, no crash on odd input.

use crate::analysis::Summary;
use crate::record::Record;

use super::scene::{Shape, Text};
use super::{Figure, amplification, blast_radius, fixture, heatmap, latency, propagation, timeline};

/// Draws a picture.
type Draw = fn(&Record, &Summary) -> Figure;

/// Every picture, by name.
const PICTURES: [(&str, Draw); 6] = [
    ("timeline", timeline),
    ("propagation", propagation),
    ("blast-radius", blast_radius),
    ("heatmap", heatmap),
    ("latency", latency),
    ("amplification", amplification),
];

/// Records from harmless to hostile, by name.
fn all() -> Vec<(&'static str, (Record, Summary))> {
    let mut stopped = fixture::thursday();
    stopped.0.simulated_s = 20.5;
    stopped.1.partial = true;
    let mut no_twin = fixture::thursday();
    no_twin.0.twin = None;
    no_twin.1.twin = None;
    no_twin.1.verdict = None;
    no_twin.1.propagation.clear();
    no_twin.1.services.clear();
    no_twin.1.calls.clear();
    no_twin.0.faults.clear();
    let mut dead_twin = fixture::thursday();
    if let Some(twin) = &mut dead_twin.0.twin {
        twin.classes.values_mut().for_each(|class| class.ok.fill(0));
        twin.calls.values_mut().for_each(|call| call.attempts.fill(0));
    }
    let mut single = fixture::tiny();
    single.0.actual.windows = 1;
    single.0.actual.window_s = 10.0;
    let mut empty = fixture::thursday();
    empty.0.actual = crate::record::WorldRecord::default();
    let mut long = fixture::thursday();
    long.0.actual.window_s = 24.0;
    if let Some(twin) = &mut long.0.twin {
        twin.window_s = 48.0;
    }
    (long.0.horizon_s, long.0.simulated_s) = (36_000.0, 36_000.0);
    let mut late = fixture::thursday();
    for fault in &mut late.0.faults {
        (fault.from_s, fault.to_s) = (600.0, Some(612.0));
    }
    late.0
        .actual
        .monitors
        .values_mut()
        .for_each(|monitor| monitor.alerts = vec![(630.0, Some(700.0)), (800.0, None)]);
    late.1.propagation.iter_mut().for_each(|impact| impact.at_s += 600.0);
    vec![
        ("late", late),
        ("thursday", fixture::thursday()),
        ("attended", crate::analysis::fixture::attended()),
        ("contained", fixture::contained()),
        ("crowd", fixture::crowd(40)),
        ("large", fixture::crowd(300)),
        ("pair", fixture::crowd(2)),
        ("tiny", fixture::tiny()),
        ("blank", fixture::blank(0.0)),
        ("stopped", stopped),
        ("no-twin", no_twin),
        ("dead-twin", dead_twin),
        ("single-window", single),
        ("empty", empty),
        ("ten-hours", long),
    ]
}

fn figures() -> Vec<(String, Figure)> {
    let every = |(name, (record, summary)): (&str, (Record, Summary))| {
        PICTURES.map(|(picture, draw)| (format!("{name}-{picture}"), draw(&record, &summary)))
    };
    all().into_iter().flat_map(every).collect()
}

/// Writes the pictures to the directory that `KNOCKON_PICTURES` names, for those who want to look at them.
#[test]
fn pictures_can_be_looked_at() {
    let Some(directory) = std::env::var_os("KNOCKON_PICTURES") else { return };
    for (name, figure) in figures() {
        std::fs::write(std::path::Path::new(&directory).join(format!("{name}.png")), figure.png().unwrap())
            .unwrap();
    }
}

#[test]
fn every_svg_is_well_formed_and_holds_every_word() {
    for (name, figure) in figures() {
        let svg = figure.svg().unwrap();
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        let root = document.root_element();
        let (width, height) = figure.size();
        assert_eq!(root.attribute("width"), Some(width.to_string().as_str()), "{name}");
        assert_eq!(root.attribute("viewBox"), Some(format!("0 0 {width}0 {height}0").as_str()), "{name}");
        let words: Vec<&str> = document
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .map(|node| node.text().unwrap_or_default().trim_matches('\n'))
            .collect();
        let drawn: Vec<&str> = figure.scene().texts().map(|text| text.words.as_str()).collect();
        assert_eq!(words, drawn, "{name}");
        assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{name}");
    }
}

/// Of a large system the services that were hit first are drawn, and who is around them.
#[test]
fn a_picture_has_room_for_so_many_services() {
    let (record, mut summary) = fixture::crowd(300);
    let words = |record: &Record, summary: &Summary| {
        let figure = propagation(record, summary);
        figure.scene().texts().map(|text| text.words.clone()).collect::<Vec<_>>()
    };
    let drawn = words(&record, &summary);
    assert!(
        drawn.contains(&"Not drawn: 260 more services, 160 of them hit; 3 more traffic classes".to_owned()),
        "{drawn:?}"
    );
    assert!(drawn.iter().any(|word| word == "service-299") && !drawn.iter().any(|word| word == "service-16"));
    let (all, some) = (fixture::crowd(40), propagation(&record, &summary).size());
    let most = propagation(&all.0, &all.1).size();
    assert!(some.1 < 2 * most.1, "{some:?}: with 40 services {most:?}");
    // What was struck is drawn, though it was not hit and many others were.
    let mut struck = record.clone();
    struck.faults[0].service = "service-16".to_owned();
    assert!(words(&struck, &summary).iter().any(|word| word == "service-16"));
    summary.propagation.truncate(1);
    let near = words(&record, &summary);
    assert!(near.contains(&"Not drawn: 260 more services, not hit".to_owned()), "{near:?}");
    // The one that is hit is called by 99, and that by 32.
    for name in ["service-99", "service-32"] {
        assert!(near.iter().any(|word| word == name), "{name}: {near:?}");
    }
}

/// Neither many classes nor a long chain of calls makes a picture that nobody can look at, or that cannot be made.
#[test]
fn a_picture_has_room_for_so_many_classes_and_columns() {
    let (mut record, summary) = fixture::crowd(60);
    let class = record.topology.classes[0].clone();
    for number in 0..2_000 {
        let name = format!("class-{number}");
        let call = crate::record::Edge { caller: name.clone(), ..record.topology.calls[0].clone() };
        record.topology.calls.push(call);
        record.topology.classes.push(crate::record::ClassNode { name, ..class.clone() });
    }
    let figure = propagation(&record, &summary);
    assert!(figure.size().1 < 3_000, "{:?}", figure.size());
    let said = "Not drawn: 20 more services, not hit; 1991 more traffic classes";
    let words: Vec<&str> = figure.scene().texts().map(|text| text.words.as_str()).collect();
    assert!(words.contains(&said), "{words:?}");
    let (mut record, mut summary) = fixture::crowd(60);
    for (position, call) in record.topology.calls.iter_mut().filter(|call| !call.from_class).enumerate() {
        (call.caller, call.callee) =
            (format!("service-{position:02}"), format!("service-{:02}", position + 1));
    }
    summary.propagation.truncate(2);
    assert!(propagation(&record, &summary).size().0 < 3_000);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (record, summary) = fixture::thursday();
    for (_, draw) in PICTURES {
        let (first, second) = (draw(&record, &summary), draw(&record, &summary));
        assert_eq!(first.svg().unwrap(), second.svg().unwrap());
        assert_eq!(first.png().unwrap(), second.png().unwrap());
    }
}

#[test]
fn a_png_has_two_pixels_per_logical_one_and_is_not_blank() {
    for (name, figure) in figures() {
        let bytes = figure.png().unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        let (width, height) = figure.size();
        assert_eq!((frame.width, frame.height), (2 * width, 2 * height), "{name}");
        assert!(pixels.iter().any(|channel| *channel < 60), "{name} is blank");
        assert_eq!(&pixels[..3], [255, 255, 255], "{name} has no white ground");
    }
}

#[test]
fn nothing_is_outside_the_paper() {
    for (name, figure) in figures() {
        let scene = figure.scene();
        for text in scene.texts() {
            let bounds = text.bounds();
            let inside = bounds.left >= 0.0
                && bounds.top >= 0.0
                && bounds.right <= scene.width
                && bounds.bottom <= scene.height;
            assert!(inside, "{name}: {:?} is at {bounds:?}", text.words);
        }
        for shape in &scene.shapes {
            let (Shape::Line { points, .. } | Shape::Area { points, .. }) = shape else { continue };
            for point in points {
                let inside =
                    (0.0..=scene.width).contains(&point.x) && (0.0..=scene.height).contains(&point.y);
                assert!(inside, "{name}: {point:?} of {shape:?}");
            }
        }
    }
}

#[test]
fn no_words_lie_on_others() {
    for (name, figure) in figures() {
        let texts: Vec<&Text> = figure.scene().texts().collect();
        for (i, one) in texts.iter().enumerate() {
            for other in &texts[i + 1..] {
                let apart = !one.bounds().overlaps(other.bounds());
                assert!(apart, "{name}: {:?} and {:?}", one.words, other.words);
            }
        }
    }
}

#[test]
fn words_are_large_enough_on_a_slide() {
    for (name, figure) in figures() {
        for text in figure.scene().texts() {
            assert!(text.size >= 13.0, "{name}: {:?}", text.words);
        }
    }
}

#[test]
fn hostile_names_stay_words() {
    let (mut record, mut summary) = fixture::thursday();
    record.scenario = "</svg><script>alert(1)</script> & \"quotes\"".into();
    summary.verdict_reason = "a < b & c > d".into();
    for figure in PICTURES.map(|(_, draw)| draw(&record, &summary)) {
        let svg = figure.svg().unwrap();
        assert!(!svg.contains("<script>"));
        roxmltree::Document::parse(&svg).unwrap();
    }
}
