using System.Security.Cryptography.X509Certificates;
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
        Assert.True(ClientChain.IsValidClient(admin, after.Authority, Made.AddHours(hours)));
        Assert.Equal(before.Authority.Thumbprint, after.Authority.Thumbprint);
    }

    [Fact]
    public void Even_years_before_the_authority_was_made_a_server_can_start()
    {
        Open(Made, []).Dispose();
        using var early = Open(Made.AddYears(-2), ["another.name"]);
        Assert.NotNull(early.ServerContext);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Pki Open(DateTimeOffset now, string[] names) =>
        Pki.Open(_directory.FullName, names, new Standing(now), NullLoggerFactory.Instance);

    private sealed class Standing(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
