using System.Net.Sockets;
using System.Security.Authentication;

namespace ActorOrchestrator.Api;

/// <summary>
/// Failures of the network and of files in words for people: .NET's own name what a program did ("A task was canceled",
/// "see inner exception"), and not what is wrong. Exceptions with a sentence of ours keep it.
/// </summary>
public static class FailureWords
{
    private const string NoAddress = "no address is found for the name: is it right, and do the machine's name "
        + "servers answer?";

    /// <summary>Begins .NET's own words for a connection that broke; what broke it is in the inner one.</summary>
    private const string Transport = "Unable to ";

    /// <summary>A clause that follows a colon.</summary>
    public static string Of(Exception failure) => failure switch
    {
        OperationCanceledException or TimeoutException => "it took too long, and was given up",
        FileNotFoundException { FileName: { Length: > 0 } file } => $"there is no file {file}",
        FileNotFoundException or DirectoryNotFoundException when PathIn(failure) is { } path =>
            $"there is no file {path}",
        UnauthorizedAccessException when PathIn(failure) is { } path =>
            $"{path} may not be used by this user (who runs this as root may)",
        SocketException refused => OfSocket(refused),
        AuthenticationException { Message: var said } when said.Contains("frame", StringComparison.Ordinal) =>
            "what answers there speaks no TLS",
        EndOfStreamException or HttpIOException => "the other side has ended the connection",
        HttpRequestException { InnerException: { } cause } => Of(cause),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => NoAddress,
        IOException { InnerException: { } cause } broken
            when broken.Message.StartsWith(Transport, StringComparison.Ordinal)
            || cause is EndOfStreamException => Of(cause),
        IOException { Message: var said } when said.Contains("unexpected EOF", StringComparison.Ordinal) =>
            "the other side has ended the connection",
        _ => failure.Message,
    };

    private static string OfSocket(SocketException failure) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "the connection was refused: nobody listens there",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => NoAddress,
        SocketError.TimedOut => "nobody answers there",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown
            or SocketError.HostDown => "there is no way from this machine to it",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
            or SocketError.OperationAborted => "the other side has ended the connection",
        SocketError.AccessDenied => "this user may not use that address or port",
        _ => failure.Message,
    };

    /// <summary>.NET quotes it.</summary>
    private static string? PathIn(Exception failure) =>
        failure.Message.Split('\'') is [_, { Length: > 0 } path, _] ? path : null;
}
