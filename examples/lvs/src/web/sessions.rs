//! Who is logged in, and what they are about to change. Pure: the time, since any fixed
//! moment, goes in.

use std::collections::VecDeque;
use std::time::Duration;

use super::proposal::Proposal;
use super::token::Token;
use crate::password::Stored;

/// How long a session lives without a request.
pub(super) const IDLE: Duration = Duration::from_secs(15 * 60);

/// How long it lives at the most.
pub(super) const WHOLE: Duration = Duration::from_secs(8 * 3600);

/// The most sessions at once; the one that was used least recently makes place.
const MOST: usize = 32;

/// The most changes that a session has previewed and not decided on, and the most that it knows
/// to be decided on.
const MOST_PROPOSALS: usize = 8;

/// One login.
#[derive(Debug)]
pub(super) struct Session {
    id: Token,
    /// What each of its forms carries.
    pub(super) csrf: Token,
    began: Duration,
    used: Duration,
    /// What the password file held when it began.
    password: Stored,
    /// What it has previewed and not decided on.
    proposals: Vec<(Token, Proposal)>,
    /// What was taken last, each with the page that follows.
    taken: VecDeque<(Token, String)>,
    /// What the next page says first.
    pub(super) notice: Option<Notice>,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// Whether all went well.
    pub(super) good: bool,
    /// Lines.
    pub(super) lines: Vec<String>,
}

/// What is had for the name of a proposal.
#[derive(Debug)]
pub(super) enum Taken {
    /// The proposal, this once.
    Now(Proposal),
    /// It was taken before; the page that follows it.
    Before(String),
    /// There is none of this name, or not any more.
    Unknown,
}

impl Session {
    /// Has the next page say this, too, if it is not among what it says already.
    pub(super) fn tell(&mut self, good: bool, lines: Vec<String>) {
        let told = self.notice.get_or_insert(Notice {
            good: true,
            lines: Vec::new(),
        });
        told.good &= good;
        for line in lines {
            if !told.lines.contains(&line) {
                told.lines.push(line);
            }
        }
    }

    /// Keeps a proposal until it is taken; the name to take it by.
    pub(super) fn propose(&mut self, proposal: Proposal) -> Result<Token, getrandom::Error> {
        let name = Token::new()?;
        if self.proposals.len() >= MOST_PROPOSALS {
            self.proposals.remove(0);
        }
        self.proposals.push((name.clone(), proposal));
        Ok(name)
    }

    /// Takes a proposal, once.
    pub(super) fn take(&mut self, name: &str) -> Taken {
        if let Some(place) = self.proposals.iter().position(|(own, _)| own.is(name)) {
            let (name, proposal) = self.proposals.remove(place);
            if self.taken.len() >= MOST_PROPOSALS {
                self.taken.pop_front();
            }
            self.taken.push_back((name, proposal.back.clone()));
            return Taken::Now(proposal);
        }
        match self.taken.iter().find(|(own, _)| own.is(name)) {
            Some((_, back)) => Taken::Before(back.clone()),
            None => Taken::Unknown,
        }
    }

    /// Its password is another now, which it knows.
    pub(super) fn keep_with(&mut self, password: Stored) {
        self.password = password;
    }

    fn lives(&self, now: Duration) -> bool {
        now.saturating_sub(self.used) < IDLE && now.saturating_sub(self.began) < WHOLE
    }
}

/// Every session.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    all: Vec<Session>,
}

impl Sessions {
    /// Begins one for who knew the password; the name that its cookie carries.
    pub(super) fn begin(
        &mut self,
        now: Duration,
        password: Stored,
    ) -> Result<Token, getrandom::Error> {
        let (id, csrf) = (Token::new()?, Token::new()?);
        self.all.retain(|session| session.lives(now));
        if self.all.len() >= MOST {
            let oldest = self.all.iter().enumerate();
            let oldest = oldest.min_by_key(|(_, session)| session.used);
            if let Some((index, _)) = oldest {
                self.all.swap_remove(index);
            }
        }
        self.all.push(Session {
            id: id.clone(),
            csrf,
            began: now,
            used: now,
            password,
            proposals: Vec::new(),
            taken: VecDeque::new(),
            notice: None,
        });
        Ok(id)
    }

    /// The session of a cookie, for a request that somebody made. `password` is what the file
    /// holds now: those that began with another are over.
    pub(super) fn enter(
        &mut self,
        id: &str,
        now: Duration,
        password: &Stored,
    ) -> Option<&mut Session> {
        let session = self.look_in(id, now, password)?;
        session.used = now;
        Some(session)
    }

    /// The same for a page that loads itself anew: nobody may be there.
    pub(super) fn look_in(
        &mut self,
        id: &str,
        now: Duration,
        password: &Stored,
    ) -> Option<&mut Session> {
        self.all.retain(|session| session.password == *password);
        self.find(id, now)
    }

    /// The session of a cookie. Every one is compared, wherever it stands.
    pub(super) fn find(&mut self, id: &str, now: Duration) -> Option<&mut Session> {
        self.all.retain(|session| session.lives(now));
        let matching: Vec<&mut Session> = self
            .all
            .iter_mut()
            .filter(|session| session.id.is(id))
            .collect();
        matching.into_iter().next()
    }

    /// Ends one.
    pub(super) fn end(&mut self, id: &str) {
        self.all.retain(|session| !session.id.is(id));
    }

    /// Ends every one but this.
    pub(super) fn end_others(&mut self, id: &str) {
        self.all.retain(|session| session.id.is(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password;

    const SECOND: Duration = Duration::from_secs(1);

    /// Sessions with one password.
    struct Lab {
        sessions: Sessions,
        password: Stored,
    }

    impl Lab {
        fn new() -> Lab {
            Lab {
                sessions: Sessions::default(),
                password: some_password(),
            }
        }

        fn begin(&mut self, now: Duration) -> Token {
            self.sessions.begin(now, self.password.clone()).unwrap()
        }

        fn enter(&mut self, id: &Token, now: Duration) -> Option<&mut Session> {
            self.sessions.enter(id.letters(), now, &self.password)
        }
    }

    fn some_password() -> Stored {
        let folder = tempfile::tempdir().unwrap();
        password::set(&folder.path().join("passwd"), "piranha and pike").unwrap()
    }

    #[test]
    fn a_session_ends_when_idle_when_old_and_when_told() {
        let mut lab = Lab::new();
        let id = lab.begin(Duration::ZERO);
        assert!(lab.enter(&id, IDLE - SECOND).is_some());
        assert!(lab.enter(&id, IDLE * 2 - SECOND * 2).is_some());
        assert!(lab.enter(&id, IDLE * 3).is_none());

        let id = lab.begin(Duration::ZERO);
        let mut now = Duration::ZERO;
        while now < WHOLE {
            assert!(lab.enter(&id, now).is_some(), "{now:?}");
            now += IDLE / 2;
        }
        assert!(lab.enter(&id, now).is_none());

        let (one, other) = (lab.begin(now), lab.begin(now));
        lab.sessions.end(one.letters());
        assert!(lab.enter(&one, now).is_none());
        assert!(lab.enter(&other, now).is_some());
        let third = lab.begin(now);
        lab.sessions.end_others(third.letters());
        assert!(lab.enter(&other, now).is_none());
        assert!(lab.sessions.find("", now).is_none());
    }

    #[test]
    fn a_page_that_loads_itself_anew_keeps_no_session_alive() {
        let mut lab = Lab::new();
        let id = lab.begin(Duration::ZERO);
        let half = IDLE / 2;
        let seen = lab.sessions.look_in(id.letters(), half, &lab.password);
        assert!(seen.is_some());
        assert!(lab.enter(&id, IDLE).is_none());
    }

    #[test]
    fn sessions_of_another_password_are_over() {
        let mut lab = Lab::new();
        let (one, other) = (lab.begin(Duration::ZERO), lab.begin(Duration::ZERO));
        let password = some_password();
        let own = lab.enter(&one, Duration::ZERO).unwrap();
        own.keep_with(password.clone());
        let before = std::mem::replace(&mut lab.password, password);
        assert!(lab.enter(&one, Duration::ZERO).is_some());
        lab.password = before;
        assert!(lab.enter(&other, Duration::ZERO).is_none());
    }

    #[test]
    fn the_one_used_least_recently_makes_place() {
        let mut lab = Lab::new();
        let first = lab.begin(Duration::ZERO);
        let second = lab.begin(SECOND);
        lab.enter(&first, SECOND * 2);
        for _ in 2..=MOST {
            lab.begin(SECOND * 3);
        }
        assert!(lab.enter(&first, SECOND * 3).is_some());
        assert!(lab.enter(&second, SECOND * 3).is_none());
    }

    #[test]
    fn a_proposal_is_taken_once_and_known_for_a_while() {
        let mut lab = Lab::new();
        let id = lab.begin(Duration::ZERO);
        let session = lab.enter(&id, Duration::ZERO).unwrap();
        let proposal = Proposal {
            back: "/global".into(),
            ..Proposal::default()
        };
        let first = session.propose(proposal.clone()).unwrap();
        assert!(matches!(session.take(first.letters()), Taken::Now(taken) if taken == proposal));
        let again = session.take(first.letters());
        assert!(matches!(again, Taken::Before(back) if back == "/global"));
        let forgotten = session.propose(proposal.clone()).unwrap();
        for _ in 0..MOST_PROPOSALS {
            session.propose(proposal.clone()).unwrap();
        }
        for name in [forgotten.letters(), "", "?"] {
            assert!(matches!(session.take(name), Taken::Unknown), "{name}");
        }
        for _ in 0..MOST_PROPOSALS {
            let next = session.propose(proposal.clone()).unwrap();
            session.take(next.letters());
        }
        assert!(matches!(session.take(first.letters()), Taken::Unknown));
    }

    #[test]
    fn what_nobody_has_seen_yet_is_not_lost() {
        let mut lab = Lab::new();
        let id = lab.begin(Duration::ZERO);
        let session = lab.enter(&id, Duration::ZERO).unwrap();
        session.tell(false, vec!["not written".into()]);
        session.tell(true, vec!["again".into(), "not written".into()]);
        let told = session.notice.take().unwrap();
        assert!(!told.good);
        assert_eq!(told.lines, ["not written", "again"]);
    }
}
