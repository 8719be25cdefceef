using System.Text;

namespace ActorOrchestrator.Simulator.Members;

/// <summary>A request as a client sends it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">With its query, as in <c>/api/v1/namespaces/default/pods?limit=5</c>.</param>
public sealed record ApiCall(string Method, string Path)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>The Accept header; empty: whatever the server likes best.</summary>
    public string Accept { get; init; } = "";

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>What came back.</summary>
/// <param name="Code">HTTP status; 0 when nothing came (the request may have been carried out all the same).</param>
/// <param name="Body">JSON.</param>
public sealed record ApiAnswer(int Code, ReadOnlyMemory<byte> Body)
{
    public static ApiAnswer Lost(string problem) => new(0, Encoding.UTF8.GetBytes(problem));

    public bool IsOk => Code is >= 200 and < 300;

    /// <summary>Whether the request certainly changed nothing.</summary>
    public bool IsRefused => Code is >= 400 and < 500;

    public string Text => Encoding.UTF8.GetString(Body.Span);
}
