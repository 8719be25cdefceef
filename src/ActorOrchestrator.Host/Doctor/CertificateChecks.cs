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
            try
            {
                using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
                problems.AddRange([.. OfLife(certificate, file, now), .. OfKey(certificate, file)]);
            }
            catch (CryptographicException wrong)
            {
                problems.Add(Finding.Fault(Area, $"{file} is no certificate: {wrong.Message}", AdviceOn(file)));
            }
        }

        problems.AddRange(
            from file in Directory.EnumerateFiles(directory, "*.key").Order(StringComparer.Ordinal)
            where (File.GetUnixFileMode(file) & Others) != 0
            select Finding.Fault(Area, $"others can read {file}", $"chmod 600 {file}"));
        if (problems.Count == 0)
        {
            yield return Finding.Good(Area, $"those in {directory} are valid, and its keys are private");
        }

        foreach (var problem in problems)
        {
            yield return problem;
        }
    }

    /// <summary>Whether the key beside a certificate, if there is one, is its own.</summary>
    private static IEnumerable<Finding> OfKey(X509Certificate2 certificate, string file)
    {
        var key = Path.ChangeExtension(file, ".key");
        if (!File.Exists(key))
        {
            return [];
        }

        try
        {
            X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), File.ReadAllText(key)).Dispose();
            return [];
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            return
            [
                Finding.Fault(
                    Area, $"{key} is not the key of {Path.GetFileName(file)}: {wrong.Message}", AdviceOn(file)),
            ];
        }
    }

    private static string AdviceOn(string file) => IsAuthority(file)
        ? "bring it back from a backup or another member"
        : "delete it with its key: it is made anew";

    private static bool IsAuthority(string file) => Path.GetFileName(file) == DataDirectory.AuthorityName;

    private static IEnumerable<Finding> OfLife(X509Certificate2 certificate, string file, DateTimeOffset now)
    {
        DateTimeOffset begin = certificate.NotBefore, end = certificate.NotAfter;
        if (begin > now)
        {
            yield return Finding.Fault(
                Area, $"{file} is valid from {begin:u} on, and this machine's clock says {now:u}", "set the clock");
        }
        else if (end <= now)
        {
            yield return Finding.Fault(
                Area, $"{file} has expired at {end:u}",
                IsAuthority(file) ? "the cluster needs a new authority" : "start the server: it makes a new one");
        }
    }
}
