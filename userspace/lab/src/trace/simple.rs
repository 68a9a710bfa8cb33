// SPDX-License-Identifier: MIT OR Apache-2.0

//! Hides what `cargo lab trace` shows only with `--raw`.
//!
//! Memory allocation, waiting and RCU work the same for all callers,
//! and take another path each time. The graph shows these calls, but
//! nothing inside them. It does not show spinlocks at all.

use super::graph::Call;
use super::undisturbed::undisturbed;

/// Functions that are not shown.
const HIDDEN: [&str; 8] = [
    "_raw_spin_",
    "_raw_read_",
    "_raw_write_",
    "__cond_resched",
    "kasan_",
    "mod_memcg_",
    "__folio_mod_stat",
    // KVM has a debugfs file for each of its statistics.
    "debugfs_create_file",
];

/// Functions that are shown without their callees.
const COLLAPSED: [&str; 43] = [
    // Memory.
    "krealloc",
    "__kmalloc",
    "__kvmalloc",
    "kvfree",
    "kfree",
    "kmem_cache_",
    "alloc_pages",
    "__alloc_pages",
    "alloc_inode",
    "get_free_pages",
    "get_zeroed_page",
    "__free_pages",
    "free_pages",
    "vmalloc",
    "__vmalloc",
    "vzalloc",
    "vfree",
    "pcpu_alloc",
    "free_percpu",
    "mem_cgroup_",
    // Waiting and waking up.
    "schedule",
    "__schedule",
    "wait_for_completion",
    "mutex_lock",
    "mutex_unlock",
    "wake_up",
    "__wake_up",
    "try_to_wake_up",
    "xfer_to_guest_mode_handle_work",
    "queue_work",
    "queue_delayed_work",
    "flush_work",
    "debugfs_",
    // These depend on the number of mappings of the process.
    "mm_take_all_locks",
    "mm_drop_all_locks",
    "kvm_create_vm_debugfs",
    // The guest's execution, and the host state that KVM saves around it.
    "svm_vcpu_run",
    // RCU.
    "call_rcu",
    "kvfree_call_rcu",
    "call_srcu",
    "rcu_barrier",
    "synchronize_",
    "srcu_",
];

/// Returns the calls without the hidden details.
pub fn simplified(calls: Vec<Call>) -> Vec<Call> {
    undisturbed(calls).into_iter().map(simple).collect()
}

/// Simplifies the calls that a call made; equal calls in a row become one.
fn simple(call: Call) -> Call {
    let mut calls: Vec<Call> = Vec::new();
    if !is_one_of(&COLLAPSED, &call) {
        let shown = call.calls.into_iter().filter(|it| !is_one_of(&HIDDEN, it));
        for inner in simplified(shown.collect()) {
            match calls.last_mut().filter(|last| last.is_like(&inner)) {
                Some(last) => last.add(&inner),
                None => calls.push(inner),
            }
        }
    }
    Call { calls, ..call }
}

fn is_one_of(begins: &[&str], call: &Call) -> bool {
    begins.iter().any(|begin| call.function.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::simplified;
    use crate::trace::graph::parse;
    use crate::trace::show::show;

    #[test]
    fn only_that_memory_was_asked_for_is_shown() {
        let trace = "\
   a-1 | alloc_file_pseudo() {
   a-1 |   kmem_cache_alloc_noprof() {
   a-1 |     get_page_from_freelist();
   a-1 |   }
   a-1 |   _raw_spin_lock();
   a-1 |   fput(); /* ret=0x1 */
   a-1 |   fput(); /* ret=0x2 */
   a-1 | }
";
        assert_eq!(
            show(&simplified(parse(trace).unwrap())),
            "alloc_file_pseudo\n  kmem_cache_alloc_noprof\n  fput × 2\n"
        );
    }

    #[test]
    fn calls_on_one_line_are_added_up() {
        let trace = "a-1 | a() {\na-1 |   b() {\na-1 |     c();\na-1 |   }\na-1 |   b() {\na-1 |     c();\na-1 |   }\na-1 | }\n";
        let mut call = parse(trace).unwrap().remove(0);
        call.instructions = Some(100);
        for (inner, instructions) in call.calls.iter_mut().zip([30, 40]) {
            inner.instructions = Some(instructions);
            inner.calls[0].instructions = Some(instructions / 10);
        }
        assert_eq!(
            show(&simplified(vec![call])),
            "      100  a\n       70    b × 2\n        7      c\n"
        );
    }
}
