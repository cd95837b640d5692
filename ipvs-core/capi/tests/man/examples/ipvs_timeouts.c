// Keeps idle UDP connections for a minute, and the other timeouts as they are:
static ipvs_status forget_sooner(const ipvs_client *client, ipvs_error **error)
{
    ipvs_timeouts_edit edit = IPVS_TIMEOUTS_EDIT_INIT;

    edit.set = IPVS_TIMEOUTS_EDIT_UDP;
    edit.udp_seconds = 60;
    return ipvs_client_set_timeouts(client, &edit, error);
}
