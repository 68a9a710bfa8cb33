// SPDX-License-Identifier: MIT OR Apache-2.0

//! Digests of files.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result};
use blake3::Hasher;
use nix::errno::Errno;
use nix::unistd::{Whence, lseek};

use crate::image::{Content, GuestFile};

/// The size of the pieces in which memory is read, compared with zeros and written.
const PIECE: usize = 64 << 10;

/// Returns the digest of a file's bytes.
pub fn of_file(path: &Path) -> Result<String> {
    let read = || -> io::Result<String> {
        let mut hash = Hasher::new();
        hash.update_reader(File::open(path)?)?;
        Ok(hash.finalize().to_string())
    };
    read().with_context(|| format!("cannot read {}", path.display()))
}

/// Returns the digest of a guest's file: its content, and its mode or that it is a symlink.
pub fn of_guest_file(file: &GuestFile) -> Result<String> {
    Ok(match &file.content {
        Content::Symlink(target) => format!("-> {target}"),
        Content::HostFile(path) => {
            let mode = path.metadata().map(|it| it.permissions().mode() & 0o7777);
            let mode = mode.with_context(|| format!("cannot read {}", path.display()))?;
            format!("{mode:o} {}", of_file(path)?)
        }
    })
}

/// Returns the digest of bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_string()
}

/// Calls `visit` with each piece of a file that is not all zeros, and
/// its offset. Returns a digest of the whole file. Holes are not read.
pub fn of_sparse(
    file: &File,
    mut visit: impl FnMut(u64, &[u8]) -> io::Result<()>,
) -> io::Result<String> {
    let length = file.metadata()?.len();
    let (mut hash, mut piece, zeros) = (Hasher::new(), vec![0; PIECE], vec![0; PIECE]);
    let mut offset = 0;
    while let Some(data) = next_data(file, offset, length)? {
        offset = data - data % PIECE as u64;
        let size = (length - offset).min(PIECE as u64) as usize;
        let piece = &mut piece[..size];
        file.read_exact_at(piece, offset)?;
        if *piece != zeros[..size] {
            hash.update(&offset.to_le_bytes());
            hash.update(piece);
            visit(offset, piece)?;
        }
        offset += size as u64;
    }
    hash.update(&length.to_le_bytes());
    Ok(hash.finalize().to_string())
}

/// Returns the offset of the next data after a hole.
fn next_data(file: &File, offset: u64, length: u64) -> io::Result<Option<u64>> {
    if offset >= length {
        return Ok(None);
    }
    match lseek(file, offset as i64, Whence::SeekData) {
        Ok(data) => Ok(Some(data as u64)),
        Err(Errno::ENXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{PIECE, of_sparse};

    #[test]
    fn holes_and_zeros_are_the_same() {
        let (mut zeros, holes) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        zeros.write_all(&vec![0; 4 * PIECE]).unwrap();
        zeros.write_all(b"data").unwrap();
        holes.set_len(4 * PIECE as u64).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&holes, b"data", 4 * PIECE as u64).unwrap();

        let mut seen = Vec::new();
        let digest = of_sparse(&zeros, |offset, piece| {
            seen.push((offset, piece.to_vec()));
            Ok(())
        });
        assert_eq!(seen, [(4 * PIECE as u64, b"data".to_vec())]);
        assert_eq!(digest.unwrap(), of_sparse(&holes, |_, _| Ok(())).unwrap());
    }

    #[test]
    fn a_byte_elsewhere_is_another_file() {
        let digest = |offset| {
            let file = tempfile::tempfile().unwrap();
            file.set_len(4 * PIECE as u64).unwrap();
            std::os::unix::fs::FileExt::write_all_at(&file, b"1", offset).unwrap();
            of_sparse(&file, |_, _| Ok(())).unwrap()
        };
        assert_ne!(digest(1), digest(2));
        assert_ne!(digest(0), digest(PIECE as u64));
    }
}
