//! Forms that are sent as they were shown change nothing, whatever the file says.

use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, TestRunner};

use super::*;
use crate::config::tests::strategies;

#[test]
fn a_form_that_nobody_touched_changes_nothing() {
    let lab = Lab::new();
    let path = lab.folder.path().join("lvs.cf");
    let browser = Mutex::new(lab.browser());
    let mut runner = TestRunner::new(Runs::with_cases(24));
    let result = runner.run(&strategies::config(), |config| {
        let text = config.to_string();
        std::fs::write(&path, &text).unwrap();
        let mut pages = vec!["/global".to_owned(), "/redundancy".to_owned()];
        for (index, service) in config.virtuals.iter().enumerate() {
            pages.push(format!("/virtual/{index}"));
            pages.push(format!("/virtual/{index}/scripts"));
            let servers = 0..service.servers.len();
            pages.extend(servers.map(|server| format!("/virtual/{index}/servers/{server}")));
        }
        for page in pages {
            let mut browser = lock(&browser);
            let sent = browser.fill(&page, &page, &[]);
            prop_assert_eq!(sent.status, 303, "{}: {}", page, sent.text);
            let next = browser.get(sent.location());
            prop_assert!(
                next.text.contains("There was nothing to change."),
                "{}",
                page
            );
        }
        prop_assert_eq!(&std::fs::read_to_string(&path).unwrap(), &text);
        Ok(())
    });
    result.unwrap();
}
