//! Who is logged in, and what they are about to change. Pure: the time, since any fixed
//! moment, goes in.

use std::time::Duration;

use super::proposal::Proposal;
use super::token::Token;

/// How long a session lives without a request.
pub(super) const IDLE: Duration = Duration::from_secs(15 * 60);

/// How long it lives at the most.
pub(super) const WHOLE: Duration = Duration::from_secs(8 * 3600);

/// The most sessions at once; the one that was used least recently makes place.
const MOST: usize = 32;

/// The most changes that a session has previewed and not decided on.
const MOST_PROPOSALS: usize = 8;

/// One login.
#[derive(Debug)]
pub(super) struct Session {
    id: Token,
    /// What each of its forms carries.
    pub(super) csrf: Token,
    began: Duration,
    used: Duration,
    /// What it has previewed and not decided on.
    proposals: Vec<(Token, Proposal)>,
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

impl Session {
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
    pub(super) fn take(&mut self, name: &str) -> Option<Proposal> {
        let place = self.proposals.iter().position(|(own, _)| own.is(name))?;
        Some(self.proposals.remove(place).1)
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
    /// Begins one; the name that its cookie carries.
    pub(super) fn begin(&mut self, now: Duration) -> Result<Token, getrandom::Error> {
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
            proposals: Vec::new(),
            notice: None,
        });
        Ok(id)
    }

    /// The session of a cookie, which is used now. Every one is compared, wherever it stands.
    pub(super) fn find(&mut self, id: &str, now: Duration) -> Option<&mut Session> {
        self.all.retain(|session| session.lives(now));
        let matching: Vec<&mut Session> = self
            .all
            .iter_mut()
            .filter(|session| session.id.is(id))
            .collect();
        let session = matching.into_iter().next()?;
        session.used = now;
        Some(session)
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

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_session_ends_when_idle_when_old_and_when_told() {
        let mut sessions = Sessions::default();
        let id = sessions.begin(Duration::ZERO).unwrap();
        assert!(sessions.find(id.letters(), IDLE - SECOND).is_some());
        assert!(sessions.find(id.letters(), IDLE * 2 - SECOND * 2).is_some());
        assert!(sessions.find(id.letters(), IDLE * 3).is_none());

        let id = sessions.begin(Duration::ZERO).unwrap();
        let mut now = Duration::ZERO;
        while now < WHOLE {
            assert!(sessions.find(id.letters(), now).is_some(), "{now:?}");
            now += IDLE / 2;
        }
        assert!(sessions.find(id.letters(), now).is_none());

        let (one, other) = (sessions.begin(now).unwrap(), sessions.begin(now).unwrap());
        sessions.end(one.letters());
        assert!(sessions.find(one.letters(), now).is_none());
        assert!(sessions.find(other.letters(), now).is_some());
        let third = sessions.begin(now).unwrap();
        sessions.end_others(third.letters());
        assert!(sessions.find(other.letters(), now).is_none());
        assert!(sessions.find("", now).is_none());
    }

    #[test]
    fn the_one_used_least_recently_makes_place() {
        let mut sessions = Sessions::default();
        let first = sessions.begin(Duration::ZERO).unwrap();
        let second = sessions.begin(SECOND).unwrap();
        sessions.find(first.letters(), SECOND * 2);
        for _ in 2..=MOST {
            sessions.begin(SECOND * 3).unwrap();
        }
        assert!(sessions.find(first.letters(), SECOND * 3).is_some());
        assert!(sessions.find(second.letters(), SECOND * 3).is_none());
    }

    #[test]
    fn a_proposal_is_taken_once() {
        let mut sessions = Sessions::default();
        let id = sessions.begin(Duration::ZERO).unwrap();
        let session = sessions.find(id.letters(), Duration::ZERO).unwrap();
        let first = session.propose(Proposal::default()).unwrap();
        assert!(session.take(first.letters()).is_some());
        assert!(session.take(first.letters()).is_none());
        let first = session.propose(Proposal::default()).unwrap();
        for _ in 0..MOST_PROPOSALS {
            session.propose(Proposal::default()).unwrap();
        }
        assert!(session.take(first.letters()).is_none());
    }
}
