// Adds many dests to a service in few system calls:
static ipvs_status add_all(const ipvs_client *client, const ipvs_service_key *web,
                           const ipvs_dest *dests, size_t length, ipvs_error **error)
{
    ipvs_batch *batch = ipvs_batch_new();
    ipvs_report *report = NULL;
    ipvs_status status = IPVS_OK;

    for (size_t i = 0; status == IPVS_OK && i < length; i++)
        status = ipvs_batch_add_dest(batch, web, &dests[i], error);
    if (status == IPVS_OK)
        status = ipvs_client_batch(client, batch, &report, error);
    printf("%zu of %zu failed\n", ipvs_report_failures(report), length);
    ipvs_report_free(report);
    ipvs_batch_free(batch);
    return status;
}
