/* Misfit: predicted points of the pair (a negative `predicted` means that there is none), else the mean number of levels
 * above the needed ones. */

static inline f64 misfit(const Plan *p, i32 task, i32 w, f64 predicted) {
    if (predicted >= 0.0) return p->misfit * predicted;
    i64 first = AT(need_ptr, task), needs = AT(need_ptr, task + 1) - first;
    if (!needs) return 0.0;
    f64 surplus = 0.0;
    for (i64 i = first; i < first + needs; i++)
        surplus += AT(level, w * p->skills + AT(need_skill, i)) - AT(need_level, i);
    return p->misfit * (surplus / (f64)needs);
}
