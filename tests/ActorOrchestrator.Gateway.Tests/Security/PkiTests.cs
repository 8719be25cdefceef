using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Gateway.Tests.Security;

public sealed class PkiTests : IDisposable
{
    private static readonly DateTimeOffset Made = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pki-test-");

    [Theory]
    [InlineData(-1)]
    [InlineData(-23)]
    [InlineData(+1)]
    public void A_clock_that_was_set_leaves_client_certificates_valid(int hours)
    {
        using var before = Open(Made, []);
        using var after = Open(Made.AddHours(hours), ["another.name"]);
        using var admin = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(_directory.FullName, "admin.crt"));
        Assert.True(ClientChain.IsValidClient(admin, after.Trusted, Made.AddHours(hours)));
        Assert.Equal(before.Authority.Thumbprint, after.Authority.Thumbprint);
    }

    [Fact]
    public void Even_years_before_the_authority_was_made_a_server_can_start()
    {
        Open(Made, []).Dispose();
        using var early = Open(Made.AddYears(-2), ["another.name"]);
        Assert.NotNull(early.ServerContext);
    }

    /// <summary>Of what a machine gets when it joins, only the authority.</summary>
    [Fact]
    public void A_member_that_joined_makes_its_certificates_and_renews_while_it_runs_those_that_end()
    {
        using var first = Open(Made, []);
        var joined = Directory.CreateDirectory(Path.Combine(_directory.FullName, "joined")).FullName;
        PrivateFile.Write(Path.Combine(joined, "ca.crt"), first.AuthorityPem);
        PrivateFile.Write(Path.Combine(joined, "ca.key"), first.AuthorityKeyPem);
        var clock = new Standing(Made);
        using var second = Pki.Open(joined, [], clock, NullLoggerFactory.Instance);
        Assert.True(first.IsMember(second.Member) && second.IsMember(first.Member));
        Assert.False(second.RenewIfDue());

        clock.Now = Made.AddDays(310);
        var shown = second.ServerContext;
        Assert.True(second.RenewIfDue());
        Assert.NotSame(shown, second.ServerContext);
        using var restarted = Pki.Open(joined, [], clock, NullLoggerFactory.Instance);
        Assert.Equal(second.Member.Thumbprint, restarted.Member.Thumbprint);
        clock.Now = Made.AddDays(3600);
        Assert.True(restarted.IsMember(second.Member));
        clock.Now = Made.AddDays(3700);
        Assert.False(restarted.IsMember(second.Member));
    }

    [Fact]
    public void What_members_are_shown_that_ends_before_the_authority_is_made_anew_at_the_next_start()
    {
        using var before = Open(Made, []);
        using (var shorter = CertificateRequests.Member(
            before.Authority, "member", Identity.Members, Made, TimeSpan.FromDays(365)))
        {
            File.WriteAllText(Path.Combine(_directory.FullName, "member.crt"), shorter.ExportCertificatePem());
            File.WriteAllText(
                Path.Combine(_directory.FullName, "member.key"),
                shorter.GetECDsaPrivateKey()!.ExportECPrivateKeyPem());
        }

        using var after = Open(Made.AddDays(1), []);
        Assert.Equal(after.Authority.NotAfter, after.Member.NotAfter);
        Assert.True(before.IsMember(after.Member));
    }

    [Fact]
    public void The_authority_is_exchanged_step_by_step_while_it_runs()
    {
        using var pki = Open(Made, []);
        var former = new ClusterAuthority(ClusterAuthority.Split(pki.AuthorityPem), pki.AuthorityKeyPem);
        var (oldPin, oldMember, oldAdmin) = (pki.Trusted.Pins[0], pki.Member, Admin());
        var (certificate, key) = Pki.NewAuthority(Made.AddDays(1));
        var trusting = former.Rotate(certificate, key);

        // Both are believed, and the former one signs.
        Assert.True(pki.Adopt(trusting));
        Assert.False(pki.Adopt(trusting));
        var newPin = pki.Trusted.Pins[1];
        Assert.Equal([oldPin, newPin], pki.Report.Trusts);
        Assert.Equal([oldPin], pki.Report.Shows);
        Assert.Equal(oldMember.Thumbprint, pki.Member.Thumbprint);
        Assert.Equal(2, ClusterAuthority.Split(Encoding.ASCII.GetString(Convert.FromBase64String(
            pki.AdminKubeconfig(new Uri("https://h")).Split("authority-data: ")[1].Split('\n')[0]))).Count);

        // The new one signs; what the actor system was started with waits for the next start.
        var shown = pki.ServerContext;
        Assert.True(pki.Adopt(trusting.Issue()));
        Assert.NotSame(shown, pki.ServerContext);
        Assert.Equal([newPin, oldPin], pki.Report.Trusts);
        Assert.Equal([newPin, oldPin], pki.Report.Shows);
        Assert.True(pki.IsMember(oldMember) && pki.IsMember(pki.Member));
        Assert.NotEqual(oldMember.Thumbprint, pki.Member.Thumbprint);
        using (var restarted = Open(Made.AddDays(1), []))
        {
            Assert.Equal([newPin], restarted.Report.Shows);
            Assert.True(pki.IsMember(restarted.MemberAtStart));
        }

        // What the former one signed is believed no more, nor is it after a start.
        Assert.True(pki.Adopt(trusting.Issue().Finish()));
        Assert.False(pki.IsMember(oldMember));
        Assert.False(ClientChain.IsValidClient(oldAdmin, pki.Trusted, Made.AddDays(1)));
        Assert.True(ClientChain.IsValidClient(Admin(), pki.Trusted, Made.AddDays(1)));
        using var last = Open(Made.AddDays(2), []);
        Assert.Equal([newPin], last.Report.Trusts);

        X509Certificate2 Admin() => X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(_directory.FullName, "admin.crt"));
    }

    [Fact]
    public void Authorities_that_cannot_be_used_change_nothing()
    {
        using var pki = Open(Made, []);
        var (certificate, _) = Pki.NewAuthority(Made);
        var pin = pki.Trusted.Pins;
        Assert.Throws<InvalidDataException>(() => pki.Adopt(new([certificate], pki.AuthorityKeyPem)));
        Assert.Throws<InvalidDataException>(() => pki.Adopt(new(["no certificate"], pki.AuthorityKeyPem)));
        Assert.Equal(pin, pki.Trusted.Pins);
        using var restarted = Open(Made, []);
        Assert.Equal(pin, restarted.Trusted.Pins);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Pki Open(DateTimeOffset now, string[] names) =>
        Pki.Open(_directory.FullName, names, new Standing(now), NullLoggerFactory.Instance);

    private sealed class Standing(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
