use ipvs_core::wire::WireError;
use ipvs_core::wire::attr::{Attr, Attrs, build};
use ipvs_core::wire::message::{self, Content, Message, Messages};

/// How deep attributes are nested in anything that IPVS sends, and one more.
const DEEP: usize = 4;

/// Any bytes as a datagram: what is read of it can be written, and is read again
/// as the same.
pub fn messages(data: &[u8]) {
    let read: Vec<_> = Messages::new(data).collect();
    let (last, whole) = match read.split_last() {
        Some((Err(error), whole)) => (Some(error), whole),
        _ => (None, &read[..]),
    };
    assert!(last.is_none_or(|error| !error.to_string().is_empty()));
    let whole: Vec<Message<'_>> = whole
        .iter()
        .map(|message| message.expect("an error is the last item"))
        .collect();
    assert!(whole.len() <= data.len() / 16);

    let mut again = Vec::new();
    for message in &whole {
        message::write(&mut again, message.header, |out| {
            out.raw(message.payload);
            Ok::<_, WireError>(())
        })
        .expect("it came from a message");
        look_into(message);
    }
    assert_eq!(again.len() % 4, 0);
    let reread: Result<Vec<_>, _> = Messages::new(&again).collect();
    assert_eq!(reread.as_ref(), Ok(&whole));
    if last.is_none() && data.len().is_multiple_of(4) {
        assert_eq!(again.len(), data.len(), "nothing is passed over");
    }
}

fn look_into(message: &Message<'_>) {
    match message.content() {
        Ok(Content::Ack(answer) | Content::Done(answer)) => {
            assert!(answer.errno >= 0);
            let words = answer.extended.message.unwrap_or("");
            assert!(!words.contains('\0') && words.len() <= message.payload.len());
        }
        Ok(Content::Generic(generic)) => {
            assert!(message.header.kind >= 16);
            assert_eq!(generic.attributes.len() + 4, message.payload.len());
            attributes(generic.attributes, DEEP);
        }
        Ok(_) => assert!(message.header.kind < 16),
        Err(error) => assert!(matches!(error, WireError::ShortPayload { .. })),
    }
}

fn attributes(bytes: &[u8], deep: usize) {
    let read: Vec<_> = Attrs::new(bytes).collect();
    let whole = read.iter().take_while(|attr| attr.is_ok()).flatten();
    let whole: Vec<Attr<'_>> = whole.copied().collect();
    assert!(read.len() - whole.len() <= 1, "an error is the last item");

    let mut again = Vec::new();
    let written = build(&mut again, |out| {
        for attr in &whole {
            out.bytes(attr.kind, attr.payload);
        }
        Ok::<_, WireError>(())
    });
    assert_eq!(written, Ok(()));
    let reread: Result<Vec<_>, _> = Attrs::new(&again).collect();
    assert_eq!(reread.as_ref(), Ok(&whole));

    for attr in whole {
        readers(attr);
        if deep > 0 {
            attributes(attr.payload, deep - 1);
        }
    }
}

/// Each reader takes what is long enough, and the first bytes of it.
fn readers(attr: Attr<'_>) {
    let length = attr.payload.len();
    assert_eq!(attr.u8("u8").ok(), attr.payload.first().copied());
    assert_eq!(attr.u16("u16").is_ok(), length >= 2);
    assert_eq!(attr.u32("u32").is_ok(), length >= 4);
    assert_eq!(attr.u64("u64").is_ok(), length >= 8);
    assert_eq!(attr.be16("be16").ok(), attr.u16("u16").ok().map(u16::to_be));
    assert_eq!(attr.be32("be32").ok(), attr.u32("u32").ok().map(u32::to_be));
    assert_eq!(attr.array::<16>("array").is_ok(), length == 16);
    assert_eq!(attr.bytes("bytes", 16).is_ok(), length <= 16);
    if let Ok(text) = attr.string("string", 16) {
        assert!(text.len() <= 16 && !text.contains(&0));
        assert_eq!(attr.payload[text.len()], 0);
    }
}
