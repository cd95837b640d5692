//! What a listing says, whatever it looks like.

/// Our help is our own: what counts is that it is printed where the original's is.
pub fn without_help(printed: Vec<u8>) -> Vec<u8> {
    match printed.windows(6).any(|word| word == b"Usage:") {
        true => b"(help)\n".to_vec(),
        false => printed,
    }
}

/// The services with their dests, in one order whatever theirs was: each kernel
/// table has one of its own.
pub fn sorted(printed: Vec<u8>) -> Vec<u8> {
    let lines: Vec<&[u8]> = printed.split_inclusive(|byte| *byte == b'\n').collect();
    // The titles stay where they are.
    let is_title = |line: &&&[u8]| {
        [b"IP V".as_slice(), b"Prot", b"  -> RemoteA"]
            .iter()
            .any(|title| line.starts_with(title))
    };
    let titles = lines.iter().take_while(is_title).count();
    let (titles, lines) = lines.split_at(titles);
    let mut services: Vec<Vec<&[u8]>> = Vec::new();
    for line in lines {
        match services.last_mut() {
            Some(service) if line.starts_with(b"  ->") => service.push(line),
            _ => services.push(vec![line]),
        }
    }
    for service in &mut services {
        service[1..].sort_unstable();
    }
    services.sort_unstable();
    [titles.concat(), services.concat().concat()].concat()
}
