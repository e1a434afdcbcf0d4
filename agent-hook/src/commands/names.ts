/** A command's name without its folder, its extension and what keeps an alias from it. */
export function nameOf(word: string): string {
  return word
    .replace(/^\\+/, '')
    .replace(/^.*[/\\]/, '')
    .replace(/\.(?:exe|cmd|bat|ps1)$/i, '');
}

/** Their words are text to them: nothing of it is run, whatever it says. */
export const INERT: ReadonlySet<string> = new Set(
  `echo printf grep egrep fgrep rg ag ack git gh hub cat bat less more head tail wc sort uniq cut tr sed awk gawk jq yq
  ls tree stat file touch mkdir rmdir rm mv cp ln chmod chown diff cmp comm tee man info help whatis apropos which
  whereis type hash test true false sleep date cal pwd cd pushd popd dirs history basename dirname realpath readlink
  pip pip3 brew apt apt-get dnf yum apk pacman choco scoop winget gem code vim nvim vi nano emacs open xdg-open
  say notify-send logger prettier eslint oxlint oxfmt ruff black isort mypy pylint flake8 sqlfluff sqlfmt tsc cloc
  ping nslookup dig host whois kill pkill pgrep ps top df du md5sum sha256sum cksum zip unzip tar gzip gunzip pygmentize
  tldr cheat howdoi eg column fold fmt pr nl paste join split csplit shuf seq expr yes tput clear reset stty umask ulimit
  systemctl service journalctl launchctl dpkg rpm flatpak snap trivy gitleaks trufflehog detect-secrets semgrep`.split(
    /\s+/,
  ),
);
