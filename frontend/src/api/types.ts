/** Short names for the generated schemas, so that features do not repeat the services' prefixes. */
import type { components } from './schema'

type Schemas = components['schemas']

export type Session = Schemas['GatewaySession']
export type Region = Schemas['GatewayRegion']
export type RegionNode = Schemas['GatewayRegionNode']
export type RegionLevel = Region['level']
export type UserRow = Schemas['GatewayUserRow']
export type UserCreate = Schemas['GatewayUserCreate']
export type UserUpdate = Schemas['GatewayUserUpdate']

export type Overview = Schemas['GatewayOverview']
export type OverviewChild = Schemas['GatewayOverviewChild']
export type OverviewFunds = Schemas['GatewayOverviewFunds']
export type Unavailable = Schemas['GatewayUnavailable']
export type VillagePage = Schemas['GatewayVillagePage']
export type HouseholdPage = Schemas['GatewayHouseholdPage']

export type HouseholdRow = Schemas['MonitoringHouseholdRow']
export type Household = Schemas['MonitoringHousehold']
export type HouseholdCreate = Schemas['MonitoringHouseholdCreate']
export type HouseholdUpdate = Schemas['MonitoringHouseholdUpdate']
export type DwellingGrade = NonNullable<Household['dwelling_grade']>
export type WaterSupply = NonNullable<Household['water_supply']>
export type Member = Schemas['MonitoringMember']
export type MemberInput = Schemas['MonitoringNewMember']
export type MemberUpdate = Schemas['MonitoringMemberUpdate']
export type Income = Schemas['MonitoringIncome']
export type HistoryEntry = Schemas['MonitoringHistoryLine']
export type Village = Schemas['MonitoringVillage']
export type VillageUpdate = Schemas['MonitoringVillageUpdate']
export type Visit = Schemas['MonitoringVisit']

export type HouseholdCard = Schemas['MonitoringHouseholdCard']
export type RegisterRow = Schemas['MonitoringRegisterRow']
export type Ledger = Schemas['MonitoringLedger']
export type LedgerRow = Schemas['MonitoringLedgerRow']
/** The same shape in every service that makes exports. */
export type ExportJob = Schemas['MonitoringExportJob']
export type Case = Schemas['MonitoringCase']
export type CaseRow = Schemas['MonitoringCaseRow']
export type CaseOpen = Schemas['MonitoringCaseOpen']
export type CaseStep = Case['steps'][number]
export type CaseKind = Case['kind']
export type CaseState = Case['state']
export type StepTake = Schemas['MonitoringStepTake']
export type Stage = StepTake['stage']
export type Evidence = NonNullable<StepTake['evidence']>
export type Urgency = NonNullable<CaseRow['urgency']>
export type WorkCounts = Schemas['MonitoringWorkCounts']
export type BatchAnswer = Schemas['MonitoringBatchAnswer']
export type BatchReview = Schemas['MonitoringBatchReview']
export type Criterion = Schemas['MonitoringCriterionRead']
export type Objection = Schemas['MonitoringObjectionRead']
export type Attachment = Schemas['MonitoringAttachmentRead']
export type Helper = Schemas['MonitoringHelper']
export type HelperPerson = Schemas['MonitoringPerson']
export type Workload = Schemas['MonitoringWorkload']
export type Policy = Schemas['MonitoringPolicy']
export type PolicyRule = Schemas['MonitoringRule']
export type PolicySetting = Schemas['MonitoringSetting']
export type PolicyValue = Schemas['MonitoringSettingCreate']['value']
export type Words = Schemas['MonitoringWords']
export type Colleague = Schemas['GatewayColleagueRead']

export type Asset = Schemas['AssetsAsset']
export type AssetUpdate = Schemas['AssetsAssetUpdate']
export type AssetCreate = Schemas['AssetsAssetCreate']
export type Composition = Schemas['AssetsCompositionRead']

export type FundDocument = Schemas['FundsDocumentRead']
export type FundDocumentCreate = Schemas['FundsDocumentWrite']
export type Pool = Schemas['FundsPoolRead']
export type Allocation = Schemas['FundsAllocationRead']
export type AllocationCreate = Schemas['FundsAllocationWrite']
export type Floor = Schemas['FundsFloorRead']
export type SourceLevel = Pool['source_level']
export type Purpose = Allocation['purpose']
export type Simulation = Schemas['FundsSimulation']
export type FloorWrite = Schemas['FundsFloorWrite']

export type Application = Schemas['MonitoringApplication']
export type ApplicationState = Application['state']
export type NoticeObjectionState = Objection['state']

/** The same shape in all four services. */
export type AuditEntry = Schemas['GatewayAuditEntry']
