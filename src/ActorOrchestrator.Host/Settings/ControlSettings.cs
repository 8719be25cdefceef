using System.Net;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

/// <summary>How a machine that only runs pods reaches the control plane, and is reached by it.</summary>
internal sealed record ControlSettings
{
    public required IReadOnlyList<Uri> Members { get; init; }
    public required IPEndPoint Listen { get; init; }
    public required string AuthorityFile { get; init; }
    public required string CertificateFile { get; init; }
    public required string KeyFile { get; init; }
    public required string ServerCertificateFile { get; init; }
    public required string ServerKeyFile { get; init; }

    public static ControlSettings From(HoconReader reader)
    {
        var root = Path.GetFullPath(reader.Text("data-dir"));
        string Place(string file) => Path.GetFullPath(reader.Text($"control.{file}"), root);
        return new()
        {
            Members = [.. reader.Texts("control.members").Select(ParseMember)],
            Listen = IPEndPoint.TryParse(reader.Text("control.listen"), out var listen) && listen.Port > 0
                ? listen
                : throw new SettingsException(
                    $"control.listen: \"{reader.Text("control.listen")}\" is not an address with a port, such as "
                    + "0.0.0.0:10250"),
            AuthorityFile = Place("authority-file"),
            CertificateFile = Place("certificate-file"),
            KeyFile = Place("key-file"),
            ServerCertificateFile = Place("server-certificate-file"),
            ServerKeyFile = Place("server-key-file"),
        };
    }

    /// <summary>Null for what is no address with a port.</summary>
    public static Uri? MemberOf(string text) =>
        Uri.TryCreate($"https://{text}", UriKind.Absolute, out var member) && member.PathAndQuery == "/"
        && text.EndsWith($":{member.Port}", StringComparison.Ordinal)
            ? member
            : null;

    private static Uri ParseMember(string text) =>
        MemberOf(text) ?? throw new SettingsException(
            $"control.members: \"{text}\" is not an address with a port, such as 10.0.0.1:6443");
}
