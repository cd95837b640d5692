//! `ip_vs_app`.

/// The file, with the helper of FTP if its module is loaded.
pub(super) fn all(ftp: bool) -> String {
    let mut file = "prot port    usecnt name\n".to_owned();
    if ftp {
        file += &format!("{:<3}  {:<7} {:<6} {:<17}\n", "TCP", 21, 0, "ftp");
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux 6.1 printed it.
    #[test]
    fn the_helper_of_ftp_has_a_row() {
        let row = "TCP  21      0      ftp              ";
        assert_eq!(all(true), format!("prot port    usecnt name\n{row}\n"));
        assert_eq!(all(false), "prot port    usecnt name\n");
    }
}
