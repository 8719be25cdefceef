using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Remote;

/// <summary>Where a machine that only runs pods finds members: where the control plane said last that they are, which
/// is kept in a file of the data directory, an address a line; and where the settings say, should none of those
/// answer.</summary>
internal sealed class KnownMembers
{
    public const string FileName = "control-members";

    private readonly string _file;
    private readonly IReadOnlyList<Uri> _configured;

    private KnownMembers(string file, IReadOnlyList<Uri> configured, IReadOnlyList<Uri> learned)
    {
        (_file, _configured) = (file, configured);
        (Learned, All) = (learned, [.. learned.Concat(configured).Distinct()]);
    }

    /// <summary>As the control plane said last; empty: it has not.</summary>
    public IReadOnlyList<Uri> Learned { get; private set; }

    public IReadOnlyList<Uri> All { get; private set; }

    /// <summary>Those to begin with.</summary>
    public IReadOnlyList<Uri> First => Learned.Count > 0 ? Learned : All;

    /// <summary>A file that cannot be read says nothing: it is written again.</summary>
    public static KnownMembers Read(string dataDirectory, IReadOnlyList<Uri> configured)
    {
        var file = Path.Combine(dataDirectory, FileName);
        try
        {
            return new(file, configured, File.Exists(file) ? Parse(File.ReadAllLines(file)) : []);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new(file, configured, []);
        }
    }

    /// <summary>Keeps what the control plane says; nothing is no answer.</summary>
    /// <returns>Whether it is something new.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public bool Learn(IReadOnlyList<string> told)
    {
        var learned = Parse(told);
        if (learned.Count == 0 || learned.SequenceEqual(Learned))
        {
            return false;
        }

        PrivateFile.Write(_file, string.Concat(learned.Select(member => member.Authority + "\n")));
        (Learned, All) = (learned, [.. learned.Concat(_configured).Distinct()]);
        return true;
    }

    private static IReadOnlyList<Uri> Parse(IEnumerable<string> lines) =>
    [
        .. lines.Select(ControlSettings.MemberOf).OfType<Uri>().Distinct()
            .OrderBy(member => member.Authority, StringComparer.Ordinal),
    ];
}
