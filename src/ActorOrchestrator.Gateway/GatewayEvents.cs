namespace ActorOrchestrator.Gateway;

/// <summary>
/// Ids of the gateway's log events (5000s). Error: a fault of this program or its log; Warning: refused for overload or
/// a client that misbehaves; Information: a change of the server's own state; Debug: each request.
/// </summary>
internal static class GatewayEvents
{
    public const int Listening = 5000;
    public const int Stopping = 5001;
    public const int Stopped = 5002;
    public const int CertificateMade = 5010;
    public const int CertificateRenewalFailed = 5011;
    public const int AuthoritiesAdopted = 5012;
    public const int AuthoritiesUnusable = 5013;
    public const int RequestServed = 5020;
    public const int RequestRefused = 5021;
    public const int RequestFailed = 5022;
    public const int RequestBroke = 5023;
    public const int StrangerRefused = 5024;
    public const int WatchEnded = 5030;
    public const int TokensRead = 5040;
    public const int MachineJoins = 5050;
    public const int MachineRefused = 5051;
    public const int MemberRemoved = 5052;
    public const int NodeJoins = 5053;
    public const int NodeRenewed = 5054;
    public const int AuthorityRotated = 5055;
}
