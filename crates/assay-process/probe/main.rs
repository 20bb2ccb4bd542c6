//! A child that does what a request asks, also when the request asks it to misbehave.

use std::io::Write;
use std::time::Duration;

use assay_process::child;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("garbage") => return garbage(b"this program does not know frames\n"),
        Some("huge-frame") => return garbage(&[0xFF, 0xFF, 0xFF, 0xFF, b'G']),
        Some("mute") => std::thread::sleep(Duration::from_secs(60)),
        Some("gone") => std::process::exit(3),
        _ => {}
    }
    if let Err(error) = child::serve(job) {
        eprintln!("{error}");
        std::process::exit(2);
    }
}

fn garbage(bytes: &[u8]) {
    let _ = std::io::stdout().write_all(bytes);
    let _ = std::io::stdout().flush();
    std::thread::sleep(Duration::from_secs(60));
}

fn job(request: String, reply: &mut dyn FnMut(&String)) {
    let (command, rest) = request.split_once(' ').unwrap_or((&request, ""));
    match command {
        "echo" => reply(&rest.to_owned()),
        "count" => (0..rest.parse().unwrap_or(0_u32)).for_each(|number| reply(&number.to_string())),
        "print" => {
            let _ = writeln!(std::io::stdout(), "{rest}");
            let _ = std::io::stdout().flush();
            reply(&"printed".to_owned());
        }
        "sleep" => std::thread::sleep(Duration::from_secs(60)),
        "tick" => loop {
            std::thread::sleep(Duration::from_millis(50));
            reply(&"tick".to_owned());
        },
        "hog" => {
            let mut held = Vec::new();
            loop {
                held.push(Vec::<u8>::with_capacity(16 << 20));
            }
        }
        "abort" => std::process::abort(),
        "panic" => panic!("asked to panic"),
        "exit" => std::process::exit(7),
        "overflow" => reply(&deeper(0).to_string()),
        "flood" => loop {
            reply(&"x".repeat(1 << 20));
        },
        "number" => reply(&"not a number".to_owned()),
        _ => {}
    }
}

#[expect(unconditional_recursion, reason = "it overflows its stack on purpose")]
fn deeper(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    deeper(depth + 1) + frame[3]
}
