use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::listener::{CappedListener, Caps};

/// More than the buffers between two programs of one machine hold.
const ANSWER: usize = 32 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_answer_may_take_longer_than_a_header() {
    let caps = Caps { connections: 1, header: Duration::from_secs(1), unread: Duration::from_secs(30) };
    let inner = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = inner.local_addr().unwrap();
    let mut listener = CappedListener::new(inner, caps);
    let client = tokio::spawn(async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let (mut taken, mut piece) = (0, vec![0; 1 << 20]);
        loop {
            let read = stream.read(&mut piece).await.unwrap();
            taken += read;
            if read == 0 {
                return taken;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let (stream, _) = listener.accept().await;
    let (mut read, mut write) = tokio::io::split(stream);
    let mut byte = [0];
    let begun = std::time::Instant::now();
    tokio::select! {
        ended = read.read(&mut byte) => panic!("cut off after {:?}: {ended:?}", begun.elapsed()),
        written = async { write.write_all(&vec![7; ANSWER]).await } => written.unwrap(),
    }
    // From here on the next header is awaited.
    let late = read.read(&mut byte).await.unwrap_err();
    assert_eq!(late.kind(), std::io::ErrorKind::TimedOut);
    drop((read, write));
    assert_eq!(client.await.unwrap(), ANSWER);
}
