#!/bin/sh
# Install veraPDF, which says whether a PDF is what it claims (PDF/UA, PDF/A), as the command FOLDER/verapdf.
#
#   sh tests/verapdf/install.sh FOLDER
#
# One version, fetched by its Maven coordinates and checked against its digest; it needs Java and Maven. It is under the
# GPL and MPL, is used by the tests alone and is never part of what we release.

set -eu

folder=$(CDPATH= cd -- "$1" && pwd)
version=1.28.2
sha256=687d4d8bcfec48c9f7e931cf78ed061f1eeccfba55d4cdc000ba9b4d8aa46ce6
jar=$folder/greenfield-apps-$version.jar

is_sound() { echo "$sha256  $jar" | sha256sum --check --status 2>/dev/null; }

if ! is_sound; then
    mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        -Dartifact="org.verapdf.apps:greenfield-apps:$version" -DoutputDirectory="$folder" >&2
    is_sound || { rm -f "$jar"; echo "veraPDF $version is not the file that was expected" >&2; exit 1; }
fi
cat >"$folder/verapdf" <<END
#!/bin/sh
exec java -Xmx1g -XX:+UseSerialGC -cp '$jar' org.verapdf.apps.GreenfieldCliWrapper "\$@"
END
chmod +x "$folder/verapdf"
