// Carries out a plan in steps, and tells which of its changes were not made, and why:
static ipvs_status carry_out(const ipvs_client *client, const ipvs_plan *plan,
                             ipvs_error **error)
{
    ipvs_apply *apply = NULL;
    ipvs_report *report = NULL;
    const ipvs_error *why;
    bool more = true;
    ipvs_status status = ipvs_apply_new(plan, &apply, error);

    while (status == IPVS_OK && more) {
        status = ipvs_apply_step(apply, client, &more, error);
        printf("%zu of %zu\n", ipvs_apply_sent(apply), ipvs_plan_length(plan));
    }
    if (status == IPVS_OK)
        status = ipvs_apply_into_report(apply, &report, error);
    for (size_t i = 0; i < ipvs_report_length(report); i++)
        if ((why = ipvs_report_error(report, i)) != NULL)
            printf("%s\n", ipvs_error_message(why));
    ipvs_report_free(report);
    ipvs_apply_free(apply);
    return status;
}
