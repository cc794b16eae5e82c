//! Many runs at once.

/// Runs `jobs` jobs on as many threads as help, and adds up what they return.
pub(crate) fn in_parallel<T: Sync>(jobs: &[T], run: impl Fn(&T) -> u64 + Sync) -> u64 {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let total = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(job) =
                    jobs.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                {
                    total.fetch_add(run(job), std::sync::atomic::Ordering::SeqCst);
                }
            });
        }
    });
    total.into_inner()
}
