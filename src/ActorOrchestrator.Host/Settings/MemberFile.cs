using System.Globalization;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

/// <summary>The settings of a machine that has joined, in its data directory: whoever starts a server there starts the
/// same member. What is given with --config or as options stands over them.</summary>
internal static class MemberFile
{
    public const string Name = "member.conf";

    public static string In(string dataDirectory) => Path.Combine(dataDirectory, Name);

    /// <summary>Below all others; nothing where the machine has not joined.</summary>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public static IEnumerable<(string File, string Text)> Layers(string dataDirectory)
    {
        var file = In(dataDirectory);
        if (!File.Exists(file))
        {
            return [];
        }

        try
        {
            return [(file, File.ReadAllText(file))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{file}: {FailureWords.Of(failure)}");
        }
    }

    /// <param name="dataDirectory">Where it is written.</param>
    /// <param name="grant">What the cluster gave.</param>
    /// <param name="own">What is this machine's alone: (path, HOCON value).</param>
    public static void Write(
        string dataDirectory, JoinGrant grant, IEnumerable<(string Path, string Value)> own)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Written by 'orchestrator join'. 'orchestrator server --data-dir {dataDirectory}' reads it; what that
            # is given with --config or as options stands over it. It has the journal's password: keep it private.

            # As on all members.
            journal.connection = {HoconText.Quote(grant.Journal)}

            """);
        Write(dataDirectory, text, grant.Settings, own);
    }

    /// <summary>The settings of a machine that only runs pods.</summary>
    /// <param name="dataDirectory">Where they are written.</param>
    /// <param name="shared">What all such machines have alike, in HOCON.</param>
    /// <param name="own">What is this machine's alone: (path, HOCON value).</param>
    public static void WriteNode(
        string dataDirectory, string shared, IEnumerable<(string Path, string Value)> own)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Written by 'orchestrator join --role node'. 'orchestrator node run --data-dir {dataDirectory}' reads it;
            # what that is given with --config or as options stands over it.

            # As on all machines.

            """);
        Write(dataDirectory, text, shared, own);
    }

    private static void Write(
        string dataDirectory, StringBuilder text, string shared, IEnumerable<(string Path, string Value)> own)
    {
        text.Append(shared);
        text.Append("\n# This machine's own.\n");
        foreach (var (path, value) in own)
        {
            text.Append(CultureInfo.InvariantCulture, $"{path} = {value}\n");
        }

        PrivateFile.Write(In(dataDirectory), text.ToString());
    }
}
