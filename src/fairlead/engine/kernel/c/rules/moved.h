/* Moved: points for taking a task away from who holds it now. */

static inline f64 moved(const Plan *p, i32 task, i32 w) {
    i32 now = AT(now, task);
    return now != NONE && now != w ? p->stability : 0.0;
}
