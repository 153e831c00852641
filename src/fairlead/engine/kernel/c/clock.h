/* A worker's calendar in work minutes: minute u is the u-th minute in which the worker works. Gaps vanish, so work
 * that is interrupted by them is one interval [u, u + minutes). */

/* Work minutes before wall clock minute t. */
static i32 to_work(const Plan *p, i32 w, i32 t) {
    i64 first = AT(gap_ptr, w), low = first, high = AT(gap_ptr, w + 1);
    while (low < high) {
        i64 middle = (low + high) / 2;
        if (AT(from_min, middle) <= t) low = middle + 1;
        else high = middle;
    }
    if (low == first) return 0;
    low--;
    return AT(before_min, low) + least(t, AT(until_min, low)) - AT(from_min, low);
}

/* Wall clock minute at which the first u work minutes are over; u >= 1. */
static i32 finish_minute(const Plan *p, i32 w, i32 u) {
    i64 low = AT(gap_ptr, w), high = AT(gap_ptr, w + 1);
    while (high - low > 1) {
        i64 middle = (low + high) / 2;
        if (AT(before_min, middle) < u) low = middle;
        else high = middle;
    }
    return AT(from_min, low) + u - AT(before_min, low);
}

/* The first work minute after a task that ended at work minute u >= 1 and the buffer behind it, which is time on the
 * clock: a break or a night in between counts. */
static inline i32 rested(const Plan *p, i32 w, i32 u) {
    i32 buffer = AT(buffer, w);
    return buffer ? larger(u, to_work(p, w, finish_minute(p, w, u) + buffer)) : u;
}

/* Work minutes before the end of a week; FAR when the calendar ends before that week begins. */
static inline i32 week_end_of(const Plan *p, i32 w, i32 week) {
    i64 at = AT(week_ptr, w), weeks = AT(week_ptr, w + 1) - at;
    if (!weeks) return (i64)(week + 1) * WEEK < FAR ? (week + 1) * WEEK : FAR;
    return week < weeks ? AT(week_end, at + week) : FAR;
}

/* The first week from `week` on that ends after work minute u, however far that is. */
static i32 week_of(const Plan *p, i32 w, i32 u, i32 week) {
    i64 at = AT(week_ptr, w), weeks = AT(week_ptr, w + 1) - at;
    if (!weeks) return larger(week, u / WEEK);
    i64 low = week, high = larger(week, (i32)weeks);
    while (low < high) {
        i64 middle = (low + high) / 2;
        if (AT(week_end, at + middle) > u) high = middle;
        else low = middle + 1;
    }
    return (i32)low;
}

/* Do `minutes` of work from the cursor on under the weekly cap; the first work minute, or NONE when the calendar ends
 * before. A week that is used up is left at its end. */
static inline i32 work(const Plan *p, i32 w, Cursor *at, i32 minutes) {
    i32 cap = AT(cap, w), total = AT(total, w), first = NONE;
    if (cap == FAR) {
        first = at->u;
        at->u += minutes;
        return at->u <= total ? first : NONE;
    }
    while (at->u < total) {
        i32 end = week_end_of(p, w, at->week);
        if (at->u >= end) {
            at->week++;
            at->used = 0;
            continue;
        }
        i32 step = least(minutes, least(end - at->u, cap - at->used));
        if (step <= 0) {
            at->u = end;
            continue;
        }
        if (first == NONE) first = at->u;
        at->u += step;
        at->used += step;
        minutes -= step;
        if (!minutes) return at->u <= total ? first : NONE;
        if (minutes > cap && AT(week_ptr, w) == AT(week_ptr, w + 1)) { /* past whole weeks, which have no gaps */
            i32 each = least(cap, WEEK), count = (minutes - 1) / each;
            i64 week = (i64)at->week + 1 + count;
            at->u = week * WEEK < FAR ? (i32)(week * WEEK) : FAR;
            at->used = 0;
            at->week = (i32)week;
            minutes -= count * each;
        }
    }
    return NONE;
}

/* Weeks of all workers with a cap: their ends, whether the cap can bind at all (some week offers more lane minutes), and what
 * the worker can work in all. `lanes` has one number a worker. */
static void weeks(Plan *p, const i32 *lanes) {
    for (i32 w = 0; w < p->cap_n; w++) {
        i64 at = AT(week_ptr, w), count = AT(week_ptr, w + 1) - at;
        i32 last = 0, binds = 0;
        i64 sum = 0;
        for (i64 i = 0; i < count; i++) {
            i32 end = to_work(p, w, (i32)(i + 1) * WEEK);
            AT(week_end, at + i) = end;
            binds |= (i64)lanes[w] * (end - last) > AT(cap, w);
            sum += least(end - last, AT(cap, w));
            last = end;
        }
        if (!count) continue;
        if (!binds) AT(cap, w) = FAR;
        AT(available, w) = sum > 1 ? (f64)sum : 1.0;
    }
}
