// SPDX-License-Identifier: MIT OR Apache-2.0

//! A program changes its memory while its guest writes to it. The guest
//! counts at 0x20010, in the memory that is mapped there at that moment.

use std::num::NonZero;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use guest_tests::kvm::{Device, Exit, Machine, Memory, PAGE, Signal, on_all};
use guest_tests::{code, in_child};
use nix::errno::Errno;
use nix::sys::mman::{
    MRemapFlags, MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mremap, munmap,
};
use nix::unistd::ftruncate;

const BOTH: ProtFlags = ProtFlags::PROT_READ.union(ProtFlags::PROT_WRITE);
const COUNT: usize = 0x10;

fn machine(device: &Device, memory: &Memory) -> Machine {
    let code = code!["2:", "inc dword ptr [0x10]", "jmp 2b"];
    let machine = Machine::new(device, code);
    machine.change_sregs(|sregs| sregs.ds.base = 0x20000);
    machine.add_slot(1, 0, 0x20000, memory);
    machine
}

/// Runs the guest while `done` runs, and for up to a second longer.
/// Returns why the guest stopped: `EINTR` if only the signal stopped it.
fn meanwhile(machine: &mut Machine, done: impl FnOnce()) -> nix::Result<Exit> {
    thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        let guest = scope.spawn(move || {
            send.send(Signal::to_this_thread()).unwrap();
            machine.run()
        });
        let signal = receive.recv().unwrap();
        done();
        let deadline = Instant::now() + Duration::from_secs(1);
        while !guest.is_finished() && Instant::now() < deadline {
            sleep(Duration::from_millis(10));
        }
        if !guest.is_finished() {
            signal.send();
        }
        guest.join().unwrap()
    })
}

fn count(memory: &Memory) -> u32 {
    memory.atomic(COUNT).load(SeqCst)
}

/// Waits until the counter changes.
fn counts(memory: &Memory) {
    let (before, deadline) = (count(memory), Instant::now() + Duration::from_secs(10));
    while count(memory) == before {
        assert!(Instant::now() < deadline, "the guest counts elsewhere");
        sleep(Duration::from_millis(1));
    }
}

fn start(memory: &Memory) -> NonNull<std::ffi::c_void> {
    NonNull::new(memory.address() as *mut _).unwrap()
}

#[test]
fn it_is_discarded() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let exit = meanwhile(&mut machine(device, &memory), || {
            for _ in 0..20 {
                counts(&memory);
                // SAFETY: The page becomes zeros, a valid value, because the guest writes any.
                unsafe { madvise(start(&memory), PAGE, MmapAdvise::MADV_DONTNEED) }.unwrap();
                counts(&memory);
            }
        });
        assert_eq!(exit, Err(Errno::EINTR));
    });
}

#[test]
fn other_memory_comes_there() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let exit = meanwhile(&mut machine(device, &memory), || {
            for _ in 0..20 {
                counts(&memory);
                let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_FIXED;
                let (address, size) = (NonZero::new(memory.address() as usize), NonZero::new(PAGE));
                // SAFETY: It replaces a mapping of the test itself.
                unsafe { mmap_anonymous(address, size.unwrap(), BOTH, flags) }.unwrap();
                counts(&memory);
            }
        });
        assert_eq!(exit, Err(Errno::EINTR));
    });
}

/// After `mprotect` has returned, the guest writes no more.
#[test]
fn it_may_not_be_written_any_more() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let mut machine = machine(device, &memory);
        let exit = meanwhile(&mut machine, || {
            counts(&memory);
            memory.protect(0, ProtFlags::PROT_READ);
            let last = count(&memory);
            sleep(Duration::from_millis(50));
            assert_eq!(count(&memory), last);
        });
        assert_eq!(exit, Err(Errno::EFAULT));
        memory.protect(0, BOTH);
        assert_eq!(
            meanwhile(&mut machine, || counts(&memory)),
            Err(Errno::EINTR)
        );
    });
}

#[test]
fn it_is_unmapped() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let exit = meanwhile(&mut machine(device, &memory), || {
            counts(&memory);
            drop(memory);
        });
        assert_eq!(exit, Err(Errno::EFAULT));
    });
}

#[test]
fn its_file_is_truncated() {
    on_all(|device| {
        let file = Memory::file(PAGE);
        let memory = Memory::of(&file, PAGE, MapFlags::MAP_SHARED);
        let mut machine = machine(device, &memory);
        let exit = meanwhile(&mut machine, || {
            counts(&memory);
            ftruncate(&file, 0).unwrap();
        });
        assert_eq!(exit, Err(Errno::EFAULT));
        ftruncate(&file, PAGE as i64).unwrap();
        assert_eq!(count(&memory), 0);
        assert_eq!(
            meanwhile(&mut machine, || counts(&memory)),
            Err(Errno::EINTR)
        );
    });
}

/// The pages move to another address, and the guest does not follow them.
#[test]
fn it_is_moved() {
    on_all(|device| {
        let memory = Memory::new(2 * PAGE);
        let exit = meanwhile(&mut machine(device, &memory), || {
            counts(&memory);
            let old = start(&memory);
            let flags = MRemapFlags::MREMAP_MAYMOVE;
            // SAFETY: No reference to it exists. The second page stays mapped for `Memory`.
            let moved = unsafe {
                let to = mmap_anonymous(
                    None,
                    NonZero::new(PAGE).unwrap(),
                    BOTH,
                    MapFlags::MAP_PRIVATE,
                );
                let to = to.unwrap();
                let flags = flags | MRemapFlags::MREMAP_FIXED;
                mremap(old, PAGE, PAGE, flags, Some(to)).unwrap()
            };
            let read = || {
                // SAFETY: `moved` is mapped. The guest may be writing to it, hence volatile.
                unsafe { moved.cast::<u32>().add(COUNT / 4).read_volatile() }
            };
            let last = read();
            sleep(Duration::from_millis(50));
            assert_eq!(read(), last);
            // SAFETY: As above.
            unsafe { munmap(moved, PAGE) }.unwrap();
        });
        assert_eq!(exit, Err(Errno::EFAULT));
    });
}

/// The child gets a copy of the memory, and the guest continues in the parent.
#[test]
fn the_program_forks() {
    on_all(|device| {
        let memory = Memory::new(PAGE);
        let exit = meanwhile(&mut machine(device, &memory), || {
            for _ in 0..5 {
                counts(&memory);
                in_child(|| {
                    let there = count(&memory);
                    sleep(Duration::from_millis(20));
                    assert_eq!(count(&memory), there);
                });
                counts(&memory);
            }
        });
        assert_eq!(exit, Err(Errno::EINTR));
    });
}
