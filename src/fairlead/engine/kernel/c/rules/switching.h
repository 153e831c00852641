/* Switch: points each time consecutive tasks of a row belong to different contexts. */

static inline f64 switching(const Plan *p, i32 before, i32 after) {
    return differs(before, after) ? p->switch_points : 0.0;
}

/* What a task of this context adds between its neighbours; negative when it separates two that differ. */
static inline f64 switching_added(const Plan *p, i32 before, i32 context, i32 after) {
    return switching(p, before, context) + switching(p, context, after) - switching(p, before, after);
}
