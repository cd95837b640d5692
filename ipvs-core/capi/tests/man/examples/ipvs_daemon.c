// Sends this director's connections to others on eth1:
static ipvs_status be_master(const ipvs_client *client, ipvs_error **error)
{
    ipvs_daemon daemon = IPVS_DAEMON_INIT;
    ipvs_status status = ipvs_daemon_parse("master eth1 sync-id 7", &daemon, error);

    if (status == IPVS_OK)
        status = ipvs_client_start_daemon(client, &daemon, error);
    return status;
}
