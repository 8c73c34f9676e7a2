//! Archives from jobs that are not trusted.

use std::io::{Cursor, Write as _};

use benchgate::github::{ArchiveError, ArchiveLimits, archive};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const LIMITS: ArchiveLimits = ArchiveLimits { files: 10, file_bytes: 1000, total_bytes: 2000 };

fn pack(entries: &[(&str, &[u8])]) -> Vec<u8> {
    pack_with(entries, SimpleFileOptions::default())
}

fn pack_with(entries: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Replaces bytes at an offset behind every occurrence of a signature.
fn patch(archive: &mut [u8], signature: &[u8; 4], offset: usize, bytes: &[u8]) {
    let at: Vec<usize> = (0..archive.len() - 4).filter(|at| &archive[*at..at + 4] == signature).collect();
    assert!(!at.is_empty());
    for at in at {
        archive[at + offset..at + offset + bytes.len()].copy_from_slice(bytes);
    }
}

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";

#[test]
fn files_are_read_in_order_and_folders_left_out() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.add_directory("folder", stored).unwrap();
    writer.start_file("folder/b.jsonl", stored).unwrap();
    writer.write_all(b"second in name").unwrap();
    writer.start_file("a.jsonl", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"first in name").unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert_eq!(archive::read(&zip, LIMITS).unwrap(), [&b"second in name"[..], b"first in name"]);
    assert_eq!(archive::read(&pack(&[]), LIMITS).unwrap(), [b""; 0]);
}

#[test]
fn names_that_would_leave_a_folder_are_only_names() {
    let names = ["../../etc/passwd", "/etc/passwd", "C:\\x", "a\nb", "\u{202e}x", "con"];
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"text"[..])).collect();
    let files = archive::read(&pack(&entries), LIMITS).unwrap();
    assert_eq!(files, [b"text"; 6]);
}

#[test]
fn a_bomb_is_stopped_at_the_limit() {
    let zeros = vec![0; 10 << 20];
    let zip = pack(&[("bomb", &zeros)]);
    assert!(zip.len() < 20_000);
    let error = archive::read(&zip, LIMITS).unwrap_err();
    assert_eq!(error.to_string(), "entry 1 unpacks to more than 1000 bytes");
}

#[test]
fn a_bomb_that_lies_about_its_size_is_stopped_too() {
    let zeros = vec![0; 1 << 20];
    let mut zip = pack(&[("bomb", &zeros)]);
    patch(&mut zip, LOCAL, 22, &5_u32.to_le_bytes());
    patch(&mut zip, CENTRAL, 24, &5_u32.to_le_bytes());
    assert!(archive::read(&zip, LIMITS).is_err());
}

#[test]
fn a_bomb_is_not_unpacked_to_its_end() {
    let zeros = vec![0; 1 << 20];
    let mut zip = pack(&[("bomb", &zeros)]);
    // At its end a wrong checksum waits.
    patch(&mut zip, LOCAL, 14, &[1; 4]);
    patch(&mut zip, CENTRAL, 16, &[1; 4]);
    assert!(matches!(archive::read(&zip, LIMITS), Err(ArchiveError::FileTooLarge { .. })));
    let large = ArchiveLimits { file_bytes: 2 << 20, total_bytes: 2 << 20, ..LIMITS };
    assert!(matches!(archive::read(&zip, large), Err(ArchiveError::Damaged { .. })));
}

#[test]
fn many_small_bombs_are_stopped_together() {
    let zip = pack(&[("a", &[0; 900]), ("b", &[0; 900]), ("c", &[0; 900])]);
    let error = archive::read(&zip, LIMITS).unwrap_err();
    assert_eq!(error.to_string(), "it unpacks to more than 2000 bytes");
}

#[test]
fn exactly_the_limit_is_allowed() {
    let zip = pack(&[("a", &[1; 1000]), ("b", &[2; 1000])]);
    assert_eq!(archive::read(&zip, LIMITS).unwrap().len(), 2);
}

#[test]
fn many_entries_are_refused() {
    let names: Vec<String> = (0..11).map(|number| number.to_string()).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let error = archive::read(&pack(&entries), LIMITS).unwrap_err();
    assert_eq!(error.to_string(), "it has 11 entries, more than 10");
}

#[test]
fn an_encrypted_entry_is_refused() {
    let mut zip = pack(&[("a", b"text")]);
    patch(&mut zip, LOCAL, 6, &[1, 0]);
    patch(&mut zip, CENTRAL, 8, &[1, 0]);
    assert!(matches!(archive::read(&zip, LIMITS), Err(ArchiveError::Encrypted { entry: 1 })));
}

#[test]
fn a_symbolic_link_is_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let zip = writer.finish().unwrap().into_inner();
    assert!(matches!(archive::read(&zip, LIMITS), Err(ArchiveError::Link { entry: 1 })));
}

#[test]
fn an_archive_in_the_archive_is_refused() {
    let inner = pack(&[("a", b"text")]);
    assert!(matches!(archive::read(&pack(&[("inner.zip", &inner)]), LIMITS), Err(ArchiveError::Nested { entry: 1 })));
}

#[test]
fn another_compression_is_refused() {
    let mut zip = pack(&[("a", b"text")]);
    patch(&mut zip, LOCAL, 8, &[14, 0]);
    patch(&mut zip, CENTRAL, 10, &[14, 0]);
    assert!(matches!(archive::read(&zip, LIMITS), Err(ArchiveError::Compression { entry: 1 })));
}

#[test]
fn a_damaged_entry_is_refused() {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = pack_with(&[("a", b"intact text")], stored);
    let at = zip.windows(6).position(|window| window == b"intact").unwrap();
    zip[at] = b'X';
    assert!(matches!(archive::read(&zip, LIMITS), Err(ArchiveError::Damaged { entry: 1, .. })));
}

#[test]
fn anything_else_is_no_archive() {
    let zip = pack(&[("a", b"text")]);
    for bytes in [&b""[..], b"text", b"PK\x03\x04", &zip[..zip.len() - 10], &zip[zip.len() - 10..]] {
        assert!(matches!(archive::read(bytes, LIMITS), Err(ArchiveError::NotAnArchive { .. })));
    }
}

#[test]
fn bytes_that_are_changed_anywhere_do_no_harm() {
    let zip = pack(&[("a", b"some text that is text"), ("folder/b", &[7; 100])]);
    for at in 0..zip.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = zip.clone();
            changed[at] = value;
            if let Ok(files) = archive::read(&changed, LIMITS) {
                assert!(files.iter().map(Vec::len).sum::<usize>() <= 2000);
            }
        }
    }
}
