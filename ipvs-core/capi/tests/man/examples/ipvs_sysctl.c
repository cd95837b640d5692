// Lets connections of removed real servers end at their next packet:
static ipvs_status expire(const ipvs_client *client, ipvs_error **error)
{
    return ipvs_client_set_sysctl(client, "expire_nodest_conn", "1", error);
}
