/* Take out tasks of the seed's context, wherever they are: put back together they save switches. */

static int same_context(Plan *p, i32 seed, i32 minute, i64 wanted) {
    (void)minute;
    if (!take(p, seed)) return 0;
    i32 context = AT(context, seed);
    if (context == NONE) return 1;
    i64 first = AT(context_ptr, context), count = AT(context_ptr, context + 1) - first;
    for (i64 i = 0; i < wanted; i++)
        if (!take(p, AT(context_task, first + pick(p, count)))) return 0;
    return 1;
}
