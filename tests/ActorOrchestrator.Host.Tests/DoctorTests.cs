using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Doctor;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Tests;

/// <summary>What 'orchestrator doctor' finds on machines that have something wrong.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ao-doctor-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units\n"
        + "Max open files            1024                 4096                 files     \n", 4096L)]
    [InlineData("Max open files            1024                 unlimited            files     \n", null)]
    [InlineData("Max cpu time              unlimited            unlimited            seconds   \n", null)]
    public void The_hard_limit_of_open_files_counts(string limits, long? most) =>
        Assert.Equal(most, MachineChecks.OpenFilesMax(limits));

    [Fact]
    public void Cgroups_that_are_switched_off_are_not_there() => Assert.Equal(
        ["cpu", "pids"],
        KernelChecks.EnabledControllers(
            "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t2\t1\t1\nmemory\t0\t1\t0\npids\t3\t1\t1\n"));

    /// <summary>Destination and mask as the kernel writes them: 10.0.0.0/8 is 0000000A and 000000FF.</summary>
    [Theory]
    [InlineData("eth0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n", "10.0.0.0/8 (eth0)")]
    [InlineData("eth0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", "")]
    [InlineData("eth0\t0000F40A\t00000000\t0001\t0\t0\t0\t80FFFFFF\t0\t0\t0\n", "10.244.0.0/25 (eth0)")]
    [InlineData("eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n", "")]
    [InlineData("eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", "")]
    [InlineData("ao-1\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", "")]
    public void A_pod_subnet_that_is_reached_elsewhere_is_seen(string route, string found) => Assert.Equal(
        found,
        string.Join(", ", PodNetworkChecks.Overlapping(
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
                + route,
            IPNetwork.Parse("10.244.0.0/24"), "ao-1")));

    [Fact]
    public void A_server_does_not_start_where_pods_would_have_its_machines_addresses()
    {
        var address = MachineAddresses.Read().First(each => !IPAddress.IsLoopback(each));
        var around = $"{string.Join('.', address.ToString().Split('.')[..3])}.0/24";
        var settings = Settings($"network.cluster-cidr = \"{around}\"").Node;
        var refusal = Assert.Throws<ServerStartException>(() => NodeService.RefuseOverlap(settings));
        Assert.Contains($"{around}, of which pods get their addresses, contains", refusal.Message);
        Assert.Contains($"{address}", refusal.Message);
        NodeService.RefuseOverlap(settings with { Runtime = "process" });
        NodeService.RefuseOverlap(Settings("network.cluster-cidr = \"198.18.0.0/16\"").Node);
    }

    [Theory]
    [InlineData("ext4", "", null)]
    [InlineData("overlayfs", "", "Fault")]
    [InlineData("overlayfs", "node.runtime = process", null)]
    [InlineData("nfs", "", "Fault")]
    [InlineData("nfs", "journal { provider = postgresql, connection = \"Host=db\" }", "Warning")]
    [InlineData("tmpfs", "", "Warning")]
    public void What_a_file_system_cannot_do_is_said(string format, string settings, string? severity) =>
        Assert.Equal(severity, DirectoryChecks.OfFormat(format, Settings(settings))?.Severity.ToString());

    [Fact]
    public void A_folder_of_others_is_no_data_directory()
    {
        File.WriteAllText(Path.Combine(_root, "letters.txt"), "");
        Assert.Equal(Severity.Fault, Assert.Single(DirectoryChecks.Of(Settings(""))).Severity);
    }

    [Fact]
    public void A_port_that_somebody_else_has_is_a_fault()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var endpoint = (IPEndPoint)taken.LocalEndpoint;
        Assert.Equal(Severity.Fault, AddressChecks.OfEndpoint(endpoint, "api.listen", isRunning: false).Severity);
        Assert.Equal(Severity.Good, AddressChecks.OfEndpoint(endpoint, "api.listen", isRunning: true).Severity);
        taken.Stop();
        Assert.Equal(Severity.Good, AddressChecks.OfEndpoint(endpoint, "api.listen", isRunning: false).Severity);
        Assert.Equal(Severity.Fault, AddressChecks.OfEndpoint(
            new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0), "cluster.address", isRunning: true).Severity);
    }

    [Fact]
    public void A_members_port_that_somebody_else_has_by_UDP_is_a_warning()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var place = (IPEndPoint)taken.LocalEndPoint!;
        var found = HeartbeatChecks.OfPort(place);
        Assert.Equal(Severity.Warning, found.Severity);
        Assert.Contains($"UDP {place} cannot be opened", found.Sentence, StringComparison.Ordinal);
        Assert.Contains("ss -lunp", found.Advice, StringComparison.Ordinal);
        taken.Dispose();
        Assert.Equal(Severity.Good, HeartbeatChecks.OfPort(place).Severity);
    }

    [Fact]
    public void A_certificate_that_has_expired_and_a_key_for_all_are_faults()
    {
        var pki = Directory.CreateDirectory(Path.Combine(_root, "pki")).FullName;
        Assert.Equal(Severity.Good, Assert.Single(CertificateChecks.Of(Settings(""))).Severity);
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WriteCertificate(Path.Combine(pki, "member.crt"), TimeProvider.System.GetUtcNow().AddDays(-1), pair);
        File.WriteAllText(Path.Combine(pki, "member.key"), pair.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(
            Path.Combine(pki, "member.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        File.WriteAllText(Path.Combine(pki, "admin.crt"), "no certificate");

        var found = CertificateChecks.Of(Settings("")).ToList();
        Assert.All(found, finding => Assert.Equal(Severity.Fault, finding.Severity));
        Assert.Equal(
            ["is no certificate", "has expired", "others can read"],
            found.Select(finding => new[] { "is no certificate", "has expired", "others can read" }
                .Single(words => finding.Sentence.Contains(words, StringComparison.Ordinal))));
    }

    [Fact]
    public void A_key_that_is_not_the_authoritys_is_a_fault()
    {
        var pki = Directory.CreateDirectory(Path.Combine(_root, "pki")).FullName;
        var (file, key) = (Path.Combine(pki, "ca.crt"), Path.Combine(pki, "ca.key"));
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        WriteCertificate(file, TimeProvider.System.GetUtcNow().AddDays(1), pair);
        Assert.Equal(Severity.Good, With(pair.ExportPkcs8PrivateKeyPem()).Severity);
        foreach (var wrong in new[] { "junk", "", other.ExportPkcs8PrivateKeyPem() })
        {
            var found = With(wrong);
            Assert.Equal(Severity.Fault, found.Severity);
            Assert.Contains($"{key} is not the key of ca.crt", found.Sentence, StringComparison.Ordinal);
            Assert.Contains("from a backup", found.Advice, StringComparison.Ordinal);
        }

        Finding With(string text)
        {
            File.WriteAllText(key, text);
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return Assert.Single(CertificateChecks.Of(Settings("")));
        }
    }

    [Fact]
    public async Task Pods_in_the_range_of_the_machines_own_address_are_a_fault()
    {
        var address = MachineAddresses.Read().First(each => !IPAddress.IsLoopback(each));
        var around = $"{string.Join('.', address.ToString().Split('.')[..3])}.0/24";
        var found = await PodNetworkChecks.OfAsync(
            Settings($"network.cluster-cidr = \"{around}\""), TestContext.Current.CancellationToken).FirstAsync(
            TestContext.Current.CancellationToken);
        Assert.Equal(Severity.Fault, found.Severity);
        Assert.Contains($"{address}", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_only_runs_pods_is_looked_at_as_one()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        Directory.CreateDirectory(Path.Combine(_root, "pki"));
        WriteCertificate(Path.Combine(_root, "pki/node.crt"), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Path.Combine(_root, "member.conf"), $"control.members = [\"localhost:{port}\"]\n");
        var settings = Settings($"control.listen = \"127.0.0.1:{port}\", node.runtime = process");
        var found = await Examination.RunAsync(settings, TestContext.Current.CancellationToken).ToListAsync(
            TestContext.Current.CancellationToken);
        Assert.DoesNotContain(found, finding => finding.Area == "journal");
        var address = Assert.Single(found, finding => finding.Area == "addresses");
        Assert.Equal(Severity.Fault, address.Severity);
        Assert.Contains("set control.listen", address.Advice, StringComparison.Ordinal);
        var member = Assert.Single(found, finding => finding.Area == "members");
        Assert.Equal((Severity.Good, $"localhost:{port} answers"), (member.Severity, member.Sentence));
    }

    [Theory]
    [InlineData("/usr/bin:/bin", "/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin")]
    [InlineData("/usr/sbin:/bin", "/usr/sbin:/bin:/usr/local/sbin:/sbin")]
    [InlineData("", "/usr/local/sbin:/usr/sbin:/sbin")]
    public void Programs_are_looked_for_in_sbin_too(string path, string searched) =>
        Assert.Equal(searched, SystemPrograms.WithPlaces(path));

    [Fact]
    public async Task A_database_and_a_member_that_are_away_are_told_with_what_to_do()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        var settings = Settings($$"""
            journal.provider = postgresql
            journal.connection = "Host=127.0.0.1;Port={{port}};Username=o;Password=secret-word"
            cluster.seeds = ["127.0.0.1:{{port}}"]
            """);

        var found = new List<Finding>();
        await foreach (var finding in Examination.RunAsync(settings, TestContext.Current.CancellationToken))
        {
            found.Add(finding);
        }

        Assert.Contains(found, finding => finding is { Area: "journal", Severity: Severity.Fault });
        Assert.Contains(found, finding => finding is { Area: "members", Severity: Severity.Warning });
        var text = string.Concat(found.Select(DoctorCommand.TextOf));
        Assert.DoesNotContain("secret-word", text);
        Assert.All(
            found.Where(finding => finding.Severity > Severity.Good), finding => Assert.NotEmpty(finding.Advice!));
    }

    private ServerSettings Settings(string text)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Path.GetFileName(_root)}.conf");
        File.WriteAllText(file, text);
        try
        {
            return ServerSettings.Load(file, MachineOptions.DataDirectory(_root));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void WriteCertificate(string file, DateTimeOffset end, ECDsa? of = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=member", of ?? own, HashAlgorithmName.SHA256)
            .CreateSelfSigned(end.AddDays(-1), end);
        File.WriteAllText(file, certificate.ExportCertificatePem());
    }
}
