using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;
using Npgsql;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Where the journal and the other members are, and what a machine that joins keeps of it.</summary>
public sealed class JoinSettingsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("join-settings-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("postgresql://me:pa%20s%2Bs@db.example:5433/ours", "db.example", 5433, "me", "pa s+s", "ours")]
    [InlineData("postgres://me@10.0.0.9/ours", "10.0.0.9", 5432, "me", null, "ours")]
    [InlineData("postgresql://me:a:b@c@[fd00::1]:5433/ours", "fd00::1", 5433, "me", "a:b@c", "ours")]
    [InlineData("postgresql://db", "db", 5432, null, null, null)]
    [InlineData("postgresql://a:1,b:2/ours?target_session_attrs=primary", "a:1,b:2", 5432, null, null, "ours")]
    [InlineData("postgresql:///ours?host=%2Frun%2Fpostgresql&user=me", "/run/postgresql", 5432, "me", null, "ours")]
    public void A_URL_is_read_as_libpq_reads_it(
        string url, string host, int port, string? user, string? password, string? database)
    {
        var read = new NpgsqlConnectionStringBuilder(JournalUrl.ToConnectionString(url, "journal.connection"));
        Assert.Equal((host, port, user, password, database),
            (read.Host, read.Port, read.Username, read.Password, read.Database));
    }

    [Fact]
    public void Its_parameters_are_libpqs()
    {
        var read = new NpgsqlConnectionStringBuilder(JournalUrl.ToConnectionString(
            "postgresql://db/ours?sslmode=verify-full&sslrootcert=/etc/ca.crt&connect_timeout=3", ""));
        Assert.Equal((SslMode.VerifyFull, "/etc/ca.crt", 3), (read.SslMode, read.RootCertificate, read.Timeout));
    }

    [Theory]
    [InlineData("postgresql:///ours", "the host is missing")]
    [InlineData("postgresql://me:geheim@db/ours?colour=red", "the parameter colour is not known")]
    [InlineData("postgresql://me:geheim@db/ours?sslmode=perhaps", "the value of sslmode")]
    [InlineData("postgresql://me:geheim@db:many/ours", "the value of port")]
    public void What_is_wrong_with_one_is_told_without_its_password(string url, string expected)
    {
        var refused = Assert.Throws<SettingsException>(() => JournalUrl.ToConnectionString(url, "--journal"));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "sqlite", "127.0.0.1", 0)]
    [InlineData("journal.connection = \"postgresql://db/ours\"", "postgresql", null, 7946)]
    [InlineData("journal.connection = \"Host=db\", api.listen = [\"10.0.0.2:6443\"]", "postgresql", "10.0.0.2", 7946)]
    [InlineData("journal.connection = db, cluster { address = 10.0.0.3, port = 1 }", "postgresql", "10.0.0.3", 1)]
    [InlineData("journal { connection = \"Host=db\", provider = sqlite }", "sqlite", "127.0.0.1", 0)]
    public void A_member_that_shares_its_journal_is_where_others_reach_it(
        string given, string provider, string? address, int port)
    {
        var settings = ServerSettings.From(
            HoconReader.Load(ServerSettings.ReferenceText(), [("given", given)], _ => null));
        Assert.Equal((provider, port), (settings.Journal.Provider, settings.Cluster.Port));
        Assert.Equal(provider == "postgresql", settings.Cluster.IsShared);
        Assert.True(address is null || address == settings.Cluster.Address);
    }

    [Theory]
    [InlineData("0.0.0.0:6443", "127.0.0.1")]
    [InlineData("[::]:6443", "127.0.0.1")]
    [InlineData("127.0.0.1:6443", "127.0.0.1")]
    [InlineData("10.0.0.2:6443", "10.0.0.2")]
    public void The_kubeconfig_names_an_address_that_the_API_listens_on(string listen, string host)
    {
        var settings = Load(("api.listen", HoconText.Quote([listen])));
        Assert.Equal(host, settings.Api.KubeconfigHost);
        Assert.Contains(host, settings.Api.ServerNames);
    }

    [Theory]
    [InlineData("mysql://x/y")]
    [InlineData("http://me:geheim@db/ours")]
    public void What_is_no_PostgreSQL_is_told_by_the_form_that_is_expected(string given)
    {
        var refused = Assert.Throws<SettingsException>(() => Load(("journal.connection", HoconText.Quote(given))));
        Assert.Contains("postgresql://orchestrator:PASSWORD@", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_journal_may_be_told_in_a_file_and_in_the_environment()
    {
        var file = Path.Combine(_directory.FullName, "journal");
        File.WriteAllText(file, "postgresql://me:geheim@db/ours\n");
        var settings = Load(("journal.connection-file", HoconText.Quote(file)));
        Assert.Contains("geheim", settings.Journal.Connection, StringComparison.Ordinal);
        var environment = ServerSettings.From(HoconReader.Load(ServerSettings.ReferenceText(), [], name =>
            name == "ACTOR_ORCHESTRATOR_JOURNAL" ? "postgresql://db/ours" : null));
        Assert.Equal("postgresql", environment.Journal.Provider);
        Assert.Contains($"there is no file {file}2", Assert.Throws<SettingsException>(() => Load(
            ("journal.connection-file", HoconText.Quote(file + "2")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_joined_starts_again_with_what_it_got_and_what_is_its_own()
    {
        var first = Load(
            ("journal.connection", "\"postgresql://me:p+'\\\"s@db/ours\""), ("events.lifetime", "2h"),
            ("cluster.strategy", "lease-majority"), ("akka.actor.agent-mailbox.capacity", "2048"),
            ("node.labels.a", "b"));
        MemberFile.Write(
            _directory.FullName,
            new JoinGrant { Journal = first.Journal.Connection, Settings = first.Shared },
            [("node.name", "\"m2\""), ("cluster.address", "\"10.0.0.2\"")]);
        var joined = Load();
        Assert.Equal(first.Journal.Connection, joined.Journal.Connection);
        Assert.Equal(
            (first.EventLifetime, "lease-majority", "m2", "10.0.0.2"),
            (joined.EventLifetime, joined.Cluster.Strategy, joined.Node.Name, joined.Cluster.Address));
        Assert.Equal((first.Akka, first.Shared), (joined.Akka, joined.Shared));
        Assert.Empty(joined.Node.Labels);
        Assert.Equal(3, joined.Shared.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal("m3", Load(("node.name", "m3")).Node.Name);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(MemberFile.In(_directory.FullName)));
    }

    [Fact]
    public void Any_text_is_read_back_as_it_was_written()
    {
        foreach (var text in new[] { "", "a b", "\"", "\\n", "a\nb\tc", "+'<>&", "${x} # //", "é" })
        {
            var read = HoconReader.Load(
                ServerSettings.ReferenceText(), [("given", $"node.pause-image = {HoconText.Quote(text)}")], _ => null);
            Assert.Equal(text, read.Text("node.pause-image"));
        }
    }

    [Theory]
    [InlineData("10.0.0.1", "https://10.0.0.1:6443/")]
    [InlineData("10.0.0.1:7443", "https://10.0.0.1:7443/")]
    [InlineData("10.0.0.1:443", "https://10.0.0.1/")]
    [InlineData("[fd00::1]", "https://[fd00::1]:6443/")]
    [InlineData("https://api.example/", "https://api.example:6443/")]
    public void A_member_is_named_by_its_address(string given, string expected) =>
        Assert.Equal(expected, JoinCommand.ServerOf(given).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1/path")]
    [InlineData("me@10.0.0.1")]
    [InlineData("10.0.0.1:many")]
    public void What_names_no_server_is_refused(string given) =>
        Assert.Throws<ServerStartException>(() => JoinCommand.ServerOf(given));

    private ServerSettings Load(params (string Path, string Value)[] given) =>
        ServerSettings.Load(null, [("data-dir", HoconText.Quote(_directory.FullName)), .. given]);
}
