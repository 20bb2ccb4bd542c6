//! Copying bytes and hashing them on the way.

use std::io::{self, Read, Write};

use assay_domain::{Cancel, Failure};

/// Receives bytes done and bytes in all.
pub type OnBytes<'a> = dyn FnMut(u64, u64) + Send + 'a;

/// Bytes between two looks at the stop button.
const STEP: usize = 1 << 20;

/// Why a copy is not whole.
pub enum CopyEnd {
    /// The source could not be read.
    Read(io::Error),
    /// The target could not be written.
    Write(io::Error),
    /// It was stopped.
    Stopped(Failure),
}

/// Copies to the end of the source. Returns the length and the BLAKE3 hash in hexadecimal digits.
pub fn copy_hashed(
    mut from: impl Read,
    to: &mut impl Write,
    cancel: &Cancel,
    step: &mut dyn FnMut(u64),
) -> Result<(u64, String), CopyEnd> {
    let (mut hash, mut bytes, mut buffer) = (blake3::Hasher::new(), 0, vec![0; STEP]);
    loop {
        cancel.check().map_err(CopyEnd::Stopped)?;
        let read = from.read(&mut buffer).map_err(CopyEnd::Read)?;
        if read == 0 {
            return Ok((bytes, hash.finalize().to_hex().to_string()));
        }
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read]).map_err(CopyEnd::Write)?;
        bytes += read as u64;
        step(read as u64);
    }
}
