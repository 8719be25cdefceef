namespace ActorOrchestrator.Host;

/// <summary>Where this process and its children look for programs. Some users and services have no sbin in their PATH,
/// and nft, ip and iptables are there.</summary>
internal static class SystemPrograms
{
    private const string Variable = "PATH";

    private static readonly string[] Places = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Appends what is missing to this process' PATH.</summary>
    public static void AddPlaces() =>
        Environment.SetEnvironmentVariable(Variable, WithPlaces(Environment.GetEnvironmentVariable(Variable) ?? ""));

    public static string WithPlaces(string path)
    {
        var given = path.Split(':', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(':', given.Concat(Places.Except(given, StringComparer.Ordinal)));
    }

    /// <returns>The program's file; null where none is found.</returns>
    public static string? Find(string program) => WithPlaces(Environment.GetEnvironmentVariable(Variable) ?? "")
        .Split(':').Select(place => Path.Combine(place, program)).FirstOrDefault(File.Exists);
}
