use redb::backends::InMemoryBackend;

use super::*;

/// A file that can be looked at from outside.
#[derive(Debug, Clone, Default)]
struct Shared(Arc<InMemoryBackend>);

impl StorageBackend for Shared {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}

fn content(file: &dyn StorageBackend) -> Vec<u8> {
    let mut content = vec![0; usize::try_from(file.len().unwrap()).unwrap()];
    file.read(0, &mut content).unwrap();
    content
}

/// Numbers that are the same in each run.
fn numbers(mut seed: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    }
}

#[test]
fn what_is_held_reads_as_if_it_was_written() {
    for seed in 0..200 {
        let mut next = numbers(seed);
        let (file, plain) = (Shared::default(), Shared::default());
        let begin: Vec<u8> = (0..next(300)).map(|at| u8::try_from(at % 251).unwrap() + 1).collect();
        for file in [&file, &plain] {
            file.set_len(begin.len() as u64).unwrap();
            file.write(0, &begin).unwrap();
        }
        let gate = Gate::new(Box::new(file.clone()), true);
        for step in 0..40 {
            let length = gate.len().unwrap();
            assert_eq!(length, plain.len().unwrap(), "seed {seed}, step {step}");
            match next(4) {
                0 => {
                    let length = next(400);
                    gate.set_len(length).unwrap();
                    plain.set_len(length).unwrap();
                }
                1 | 2 if length > 0 => {
                    let at = next(length);
                    let data = vec![u8::try_from(next(256)).unwrap(); usize::try_from(next(length - at)).unwrap()];
                    gate.write(at, &data).unwrap();
                    plain.write(at, &data).unwrap();
                }
                _ => gate.sync_data().unwrap(),
            }
            let length = gate.len().unwrap();
            let (at, end) = (next(length + 1), next(length + 1));
            let (mut found, mut expected) = (vec![9; 400], vec![8; 400]);
            let part = ..usize::try_from(end.saturating_sub(at)).unwrap();
            gate.read(at, &mut found[part]).unwrap();
            plain.read(at, &mut expected[part]).unwrap();
            assert_eq!(found[part], expected[part], "seed {seed}, step {step}");
            assert!(gate.read(length, &mut [0]).is_err(), "there is nothing behind the end");
        }
        assert_eq!(content(&file), begin, "seed {seed}: the file was touched");
        if next(2) == 0 {
            gate.release().unwrap();
            assert_eq!(content(&file), content(&plain), "seed {seed}");
            gate.set_len(7).unwrap();
            gate.write(0, b"through").unwrap();
            assert_eq!(content(&file), b"through", "seed {seed}");
        }
    }
}

#[test]
fn what_is_cut_reaches_the_file_no_more() {
    let file = Shared::default();
    let gate = Gate::new(Box::new(file.clone()), true);
    gate.len().unwrap();
    gate.release().unwrap();
    gate.set_len(4).unwrap();
    gate.write(0, b"abcd").unwrap();
    assert!(gate.cut(Error::DiskFull), "it was open");
    gate.write(1, b"x").unwrap();
    assert_eq!((content(&gate), content(&file)), (b"axcd".to_vec(), b"abcd".to_vec()));
    assert!(matches!(gate.check(), Err(Error::DiskFull)));
    assert!(matches!(gate.release(), Err(Error::DiskFull)));
    gate.mend();
    gate.check().unwrap();
    assert_eq!(content(&file), b"abcd");
    gate.release().unwrap();
    assert_eq!(content(&file), b"axcd");
}

#[test]
fn the_header_of_a_new_file_is_written_last() {
    let file = Shared::default();
    let gate = Gate::new(Box::new(file.clone()), true);
    gate.len().unwrap();
    gate.set_len(8).unwrap();
    gate.write(0, b"old").unwrap();
    gate.write(0, b"new").unwrap();
    gate.write(4, b"page").unwrap();
    let state = gate.0.state();
    let steps = state.log.len();
    drop(state);
    assert_eq!(steps, 5, "the beginning of a new file is one more");
    gate.release().unwrap();
    assert_eq!(content(&file), b"new\0page");
}
