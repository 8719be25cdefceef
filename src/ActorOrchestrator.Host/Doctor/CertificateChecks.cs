using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>The keys and certificates of a data directory that has some.</summary>
internal static class CertificateChecks
{
    private const string Area = "certificates";

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite;

    public static IEnumerable<Finding> Of(ServerSettings settings)
    {
        var directory = DataDirectory.PkiIn(settings.DataDirectory);
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        var now = TimeProvider.System.GetUtcNow();
        var problems = new List<Finding>();
        foreach (var file in Directory.EnumerateFiles(directory, "*.crt").Order(StringComparer.Ordinal))
        {
            problems.AddRange(OfCertificate(file, now));
        }

        problems.AddRange(
            from file in Directory.EnumerateFiles(directory, "*.key").Order(StringComparer.Ordinal)
            where (File.GetUnixFileMode(file) & Others) != 0
            select Finding.Fault(Area, $"others can read {file}", $"chmod 600 {file}"));
        problems.AddRange(Directory.EnumerateFiles(directory, "*.crt").Order(StringComparer.Ordinal)
            .Select(OfPair).OfType<Finding>());
        if (problems.Count == 0)
        {
            yield return Finding.Good(Area, $"those in {directory} are valid, and its keys are private");
        }

        foreach (var problem in problems)
        {
            yield return problem;
        }
    }

    /// <summary>Whether the key beside a certificate, if there is one, is its own. What is no certificate is told
    /// elsewhere.</summary>
    private static Finding? OfPair(string file)
    {
        var key = Path.ChangeExtension(file, ".key");
        if (!File.Exists(key))
        {
            return null;
        }

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            using var pair = X509Certificate2.CreateFromPem(
                certificate.ExportCertificatePem(), File.ReadAllText(key));
            return null;
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            return IsCertificate(file)
                ? Finding.Fault(
                    Area, $"{key} is not the key of {Path.GetFileName(file)}: {wrong.Message}", AdviceOn(file))
                : null;
        }
    }

    private static bool IsCertificate(string file)
    {
        try
        {
            X509CertificateLoader.LoadCertificateFromFile(file).Dispose();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string AdviceOn(string certificate) => Path.GetFileName(certificate) == DataDirectory.AuthorityName
        ? "bring it back from a backup or another member"
        : "delete it with its key: it is made anew";

    private static IEnumerable<Finding> OfCertificate(string file, DateTimeOffset now)
    {
        DateTimeOffset begin, end;
        string? problem = null;
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            (begin, end) = (certificate.NotBefore, certificate.NotAfter);
        }
        catch (CryptographicException wrong)
        {
            (begin, end, problem) = (default, default, wrong.Message);
        }

        var isAuthority = Path.GetFileName(file) == DataDirectory.AuthorityName;
        if (problem is not null)
        {
            yield return Finding.Fault(
                Area, $"{file} is no certificate: {problem}", AdviceOn(file));
        }
        else if (begin > now)
        {
            yield return Finding.Fault(
                Area, $"{file} is valid from {begin:u} on, and this machine's clock says {now:u}", "set the clock");
        }
        else if (end <= now)
        {
            yield return Finding.Fault(
                Area, $"{file} has expired at {end:u}",
                isAuthority ? "the cluster needs a new authority" : "start the server: it makes a new one");
        }
    }
}
