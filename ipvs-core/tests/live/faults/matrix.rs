//! Every system call of every operation fails in every way that matters: each at each place,
//! in pairs, many times over and for ever.

use std::fmt::{self, Display};
use std::ops::AddAssign;
use std::process;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ipvs_core::{Client, Error, ErrorKind, Op};
use ipvs_sys::errno::{EAGAIN, ECONNREFUSED, EINTR, ENOBUFS, ENOMEM, EPERM};
use ipvs_sys::faults::{self, Call, Site as Place};

use super::operations::{self, operations};
use super::stage::{Operation, PATIENCE, Stage, Verdict};
use crate::site::Site;

const ERRNOS: [(i32, &str); 6] = [
    (EINTR, "EINTR"),
    (EAGAIN, "EAGAIN"),
    (ENOBUFS, "ENOBUFS"),
    (ENOMEM, "ENOMEM"),
    (EPERM, "EPERM"),
    (ECONNREFUSED, "ECONNREFUSED"),
];
/// After these an operation mostly goes on, so that another call may fail in turn.
const SURVIVED: [i32; 2] = [EAGAIN, ENOBUFS];
/// So many calls of a kind: those behind them are alike.
const PAIRED: u32 = 3;
/// What may come in bursts, and how often.
const BURSTS: [i32; 2] = [EINTR, EAGAIN];
const BURST: u32 = 50;
/// What no operation exceeds, whatever fails in it.
const MOST_CALLS: usize = 200_000;
/// How long is waited, mostly and where nothing will come.
const SILENCES: [Duration; 2] = [PATIENCE, Duration::from_millis(20)];

/// Calls that fail: one kind, so many in a row from a certain one on.
#[derive(Clone, Copy)]
struct Failing {
    first: Place,
    times: u32,
    errno: i32,
}

impl Failing {
    fn once(first: Place, errno: i32) -> Self {
        let times = 1;
        Failing {
            first,
            times,
            errno,
        }
    }

    fn times(call: Call, times: u32, errno: i32) -> Self {
        let first = Place { call, nth: 0 };
        Failing {
            first,
            times,
            errno,
        }
    }

    fn hits(&self, met: Place) -> bool {
        let Place { call, nth } = self.first;
        met.call == call && met.nth.checked_sub(nth).is_some_and(|n| n < self.times)
    }

    /// Whether it is what an error tells of.
    fn explains(&self, error: &Error) -> bool {
        let told = (error.kind(), error.errno());
        match (self.first.call, self.errno) {
            _ if error.kind() == ErrorKind::TimedOut => self.times == u32::MAX,
            (Call::Poll | Call::Recvmsg, ENOBUFS) => told == (ErrorKind::Overrun, None),
            // Who may read a file is asked when it is opened.
            (Call::Read, EPERM) if told.0 == ErrorKind::Io => told.1 == Some(EPERM),
            (_, EPERM) => told == (ErrorKind::PermissionDenied, Some(EPERM)),
            (_, errno) => told == (ErrorKind::Io, Some(errno)),
        }
    }
}

/// `Recvmsg #0 EAGAIN`, and how often if not once.
impl Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ERRNOS.iter().find(|(errno, _)| *errno == self.errno);
        write!(f, "{} {}", self.first, name.unwrap().1)?;
        match self.times {
            1 => Ok(()),
            u32::MAX => f.write_str(" for ever"),
            times => write!(f, " {times} times"),
        }
    }
}

/// How many cases there were, and how they came out.
#[derive(Clone, Copy, Default)]
struct Count {
    calls: usize,
    single: usize,
    pairs: usize,
    bursts: usize,
    right: usize,
    errors: usize,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.single += other.single;
        self.pairs += other.pairs;
        self.bursts += other.bursts;
        self.right += other.right;
        self.errors += other.errors;
    }
}

/// Every operation's calls times errnos times indexes, as a table.
pub fn every_call_fails_in_every_way(site: &Site) {
    let began = Instant::now();
    println!("operation                          calls  single  pairs  bursts   right  errors");
    let kernel = &site.kernel;
    // What takes long to be made ready is so beside the others, in namespaces of its own.
    let sums = thread::scope(|scope| {
        let beside = |name| move || rows(&Site::new(kernel.clone()), |one| one.name == name);
        let slow = [Op::Zero, Op::ZeroService].map(|op| scope.spawn(beside(op.name())));
        let others = rows(site, |operation| !operation.slow);
        let slow = slow.map(|thread| thread.join().unwrap());
        slow.into_iter().chain([others]).collect::<Vec<_>>()
    });
    let mut all = Count::default();
    sums.iter().for_each(|(count, _)| all += *count);
    row("all", all);
    let wrong: Vec<_> = sums.into_iter().flat_map(|(_, wrong)| wrong).collect();
    println!(
        "{} cases in {:.1} s, {} wrong",
        all.single + all.pairs + all.bursts,
        began.elapsed().as_secs_f64(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rows of those operations that are chosen: their sum, and what was wrong.
fn rows(site: &Site, choose: impl Fn(&Operation) -> bool) -> (Count, Vec<String>) {
    operations::connect(site);
    let watch = Watch::new();
    let (mut sum, mut wrong) = (Count::default(), Vec::new());
    for operation in operations(site).iter().filter(|one| choose(one)) {
        let stage = Stage::new(site, operation);
        let mut matrix = Matrix {
            clients: SILENCES.map(|silence| stage.open(silence)),
            stage,
            watch: &watch,
            count: Count::default(),
            wrong: &mut wrong,
        };
        matrix.run();
        let count = matrix.count;
        row(&operation.name, count);
        assert!(count.calls > 0, "{} makes no call", operation.name);
        sum += count;
    }
    assert!(sum.calls > 0, "no operation was chosen");
    (sum, wrong)
}

fn row(name: &str, count: Count) {
    println!(
        "{name:<34} {:>5} {:>7} {:>6} {:>7} {:>7} {:>7}",
        count.calls, count.single, count.pairs, count.bursts, count.right, count.errors
    );
}

/// The cases of one operation.
struct Matrix<'m> {
    stage: Stage<'m>,
    /// Those that go on through all of them: one that waits, and one for what never ends.
    clients: [Client; 2],
    watch: &'m Watch,
    count: Count,
    wrong: &'m mut Vec<String>,
}

impl Matrix<'_> {
    fn run(&mut self) {
        // Where it is not disturbed, it says and does the same again.
        let calls = self.case(&[]);
        self.count = Count {
            calls: calls.len(),
            ..Count::default()
        };
        for &place in &calls {
            for (errno, _) in ERRNOS {
                let first = Failing::once(place, errno);
                let met = self.case(&[first]);
                self.count.single += 1;
                if SURVIVED.contains(&errno) && place.nth < PAIRED {
                    self.pairs(first, &met);
                }
            }
        }
        self.bursts(&calls);
    }

    /// What is called because of a failure fails in turn.
    fn pairs(&mut self, first: Failing, met: &[Place]) {
        let Some(next) = met.iter().skip_while(|met| **met != first.first).nth(1) else {
            return;
        };
        for (errno, _) in ERRNOS {
            self.case(&[first, Failing::once(*next, errno)]);
            self.count.pairs += 1;
        }
    }

    fn bursts(&mut self, calls: &[Place]) {
        let kinds = calls.iter().filter(|place| place.nth == 0);
        let mut bursts = Vec::new();
        for kind in kinds {
            bursts.extend(BURSTS.map(|errno| vec![Failing::times(kind.call, BURST, errno)]));
        }
        // What is taken over has no deadline of one's own.
        let reads = calls.iter().any(|place| place.call == Call::Recvmsg);
        if reads && self.stage.operation.method != "from_socket" {
            let late = Failing::times(Call::Recvmsg, 1, EAGAIN);
            bursts.push(vec![Failing::times(Call::Recvmsg, u32::MAX, EAGAIN)]);
            bursts.push(vec![Failing::times(Call::Recvmsg, u32::MAX, ENOMEM)]);
            bursts.push(vec![late, Failing::times(Call::Poll, u32::MAX, EINTR)]);
        }
        for burst in &bursts {
            self.case(burst);
            self.count.bursts += 1;
        }
    }

    /// Runs a case, and tells the calls that were made.
    fn case(&mut self, failing: &[Failing]) -> Vec<Place> {
        let names: Vec<_> = failing.iter().map(ToString::to_string).collect();
        let name = format!("{}: {}", self.stage.operation.name, names.join(", "));
        self.watch.beat(&name);
        let met = Arc::new(Mutex::new(Vec::new()));
        let (log, rules) = (Arc::clone(&met), failing.to_vec());
        let script = move |place| {
            log.lock().unwrap().push(place);
            let failing = rules.iter().find(|failing| failing.hits(place));
            failing.map(|failing| failing.errno)
        };
        let which = usize::from(failing.iter().any(|failing| failing.times == u32::MAX));
        let silence = SILENCES[which];
        if self.stage.operation.begins_anew {
            self.clients[which] = self.stage.open(silence);
        }
        let outcome = self.stage.run(
            &self.clients[which],
            silence,
            |client, call| faults::with(script, || call(client)),
            |error| failing.iter().any(|failing| failing.explains(error)),
        );
        match outcome {
            Ok(Verdict::Right) => self.count.right += 1,
            Ok(Verdict::Error) => self.count.errors += 1,
            Err(what) => {
                self.wrong.push(format!("{name}: {what}"));
                self.clients[which] = self.stage.open(silence);
            }
        }
        let met = met.lock().unwrap();
        if met.len() > MOST_CALLS {
            let what = format!("{name}: {} calls", met.len());
            self.wrong.push(what);
        }
        met.clone()
    }
}

/// Ends the suite where nothing else could: when a case hangs.
struct Watch {
    beats: mpsc::Sender<String>,
}

impl Watch {
    /// What a case never takes. (A guest's clock may leap where its machine is busy.)
    const PATIENCE: Duration = Duration::from_secs(600);

    fn new() -> Self {
        let (beats, heard) = mpsc::channel::<String>();
        thread::spawn(move || {
            let mut last = String::new();
            loop {
                match heard.recv_timeout(Self::PATIENCE) {
                    Ok(case) => last = case,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        println!("{last} hangs");
                        process::abort();
                    }
                }
            }
        });
        Watch { beats }
    }

    fn beat(&self, case: &str) {
        self.beats.send(case.to_owned()).unwrap();
    }
}
