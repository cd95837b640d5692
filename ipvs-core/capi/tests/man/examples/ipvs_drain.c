// Waits until a real server has no connections any more, and removes it:
static ipvs_status leave(const ipvs_client *client, const ipvs_service_key *service,
                         const ipvs_dest_key *dest, ipvs_error **error)
{
    ipvs_drain *drain = NULL;
    ipvs_drain_state now = IPVS_DRAIN_STATE_INIT;
    ipvs_status status = ipvs_drain_new(service, dest, NULL, &drain, error);

    now.state = IPVS_DRAIN_WAITING;
    while (status == IPVS_OK && now.state == IPVS_DRAIN_WAITING) {
        status = ipvs_drain_step(drain, client, &now, error);
        sleep(1);
    }
    ipvs_drain_free(drain);
    return status;
}
