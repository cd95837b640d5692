//! Pictures of a page: as it is on a desk, in the dark, and on a telephone.

use data_encoding::BASE64;
use lab::{Result, Story};
use serde_json::json;

use super::Browser;

/// The width of a desk's window, in pixels.
pub(super) const WIDE: u32 = 1280;

/// The width of a telephone, in pixels.
const NARROW: u32 = 390;

/// How a page is looked at: the picture's ending, the width, and the colours.
type Look = (&'static str, u32, &'static str);

const LOOKS: [Look; 2] = [("wide", WIDE, "light"), ("narrow", NARROW, "light")];
const DARK: Look = ("dark", WIDE, "dark");

impl Browser {
    /// Takes pictures of the whole page, wide and narrow, and checks that nothing stands out at
    /// the side.
    ///
    /// # Errors
    /// When one can't be taken or written.
    pub(crate) fn picture(&mut self, story: &mut Story, name: &str) -> Result<()> {
        self.pictures(story, name, &LOOKS)
    }

    /// The same, and a dark one.
    ///
    /// # Errors
    /// As [`Browser::picture`].
    pub(crate) fn picture_in_the_dark_too(&mut self, story: &mut Story, name: &str) -> Result<()> {
        self.pictures(story, name, &LOOKS)?;
        self.pictures(story, name, &[DARK])
    }

    fn pictures(&mut self, story: &mut Story, name: &str, looks: &[Look]) -> Result<()> {
        for (ending, width, colours) in looks {
            self.resize(*width)?;
            self.colour(colours)?;
            self.take(story, &format!("{name}-{ending}.png"), *width)?;
        }
        self.colour("light")?;
        self.resize(WIDE)
    }

    pub(super) fn resize(&mut self, width: u32) -> Result<()> {
        let mobile = width == NARROW;
        let words =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools
            .call("Emulation.setDeviceMetricsOverride", words)
            .map(drop)
    }

    fn colour(&mut self, colours: &str) -> Result<()> {
        let features = json!([
            { "name": "prefers-color-scheme", "value": colours },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools
            .call(
                "Emulation.setEmulatedMedia",
                json!({ "features": features }),
            )
            .map(drop)
    }

    fn take(&mut self, story: &mut Story, name: &str, width: u32) -> Result<()> {
        let height = self.evaluate("document.documentElement.scrollHeight")?;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let words = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools.call("Page.captureScreenshot", words)?;
        let data = shot["data"].as_str().unwrap_or_default();
        let path = self.pictures.join(name);
        std::fs::write(&path, BASE64.decode(data.as_bytes())?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let what = format!("nothing stands out at the side of {}", path.display());
        let out = self.stands_out(width)?;
        story.check(&what, "0 pixels", out);
        Ok(())
    }

    /// Checks that what is too wide for a telephone is seen to be: a box of 600 pixels.
    ///
    /// # Errors
    /// When the browser does not tell.
    pub(crate) fn try_the_measure(&mut self, story: &mut Story) -> Result<()> {
        self.resize(NARROW)?;
        self.evaluate(
            "window.box = document.createElement('div'); document.body.append(box); \
             box.style.width = '600px'; box.style.height = '1px'",
        )?;
        let out = self.stands_out(NARROW)?;
        story.check("a box of 600 pixels stands out", "210 pixels", out);
        self.evaluate("box.remove()")?;
        self.resize(WIDE)
    }

    /// How far the page is wider than this. A telephone's window grows with what does not fit
    /// into it, and so is no measure.
    fn stands_out(&mut self, width: u32) -> Result<String> {
        let out = format!("Math.max(0, document.documentElement.scrollWidth - {width})");
        Ok(format!("{} pixels", self.evaluate(&out)?))
    }
}
