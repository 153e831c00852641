/* Lateness: points per minute after due. The wall clock is asked only when the task is late. */

static inline f64 lateness(const Plan *p, i32 w, const Slot *task, i32 end) {
    if (end <= task->due) return 0.0;
    return AT(late_rate, task->task) * (f64)(finish_minute(p, w, end) - AT(due, task->task));
}
